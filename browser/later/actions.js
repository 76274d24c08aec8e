// The actions of messages: one listener for all bubbles and for the dialogs about them.
//
// A bubble and the dialogs about it carry the key of its message (data-key). A button in them names an
// action (data-act), some with a value (data-of). The program gets the three in one line. Names of
// strangers are in none of them.

// Time after which a touch opens the menu, in ms, and the distance in pixels that makes it a scroll.
const LONG_PRESS = 500;
const MOVED = 10;
// Distance of a dialog from its bubble and from the edge of the window, in pixels.
const GAP = 8;
// Time for which a message that was searched stands out, in ms.
const FOUND = 1600;

const SHORTCUTS = { r: 'reply', e: 'react', f: 'forward' };

// The steps of the arrow keys in a dialog, and the buttons among which they go.
const STEPS = {
  ArrowDown: ['[role=menuitem]:enabled', 1],
  ArrowUp: ['[role=menuitem]:enabled', -1],
  ArrowRight: ['.quick button', 1],
  ArrowLeft: ['.quick button', -1],
};

const bubbleOf = (key) => document.querySelector(`article[data-key="${key}"]`);

const shortcut = ({ key, altKey, ctrlKey, metaKey, shiftKey, repeat }) => {
  const letter = key.toLowerCase();
  // With Shift, Ctrl+C is a command of the browser.
  if (repeat || altKey || (shiftKey && (ctrlKey || metaKey))) return undefined;
  if (!ctrlKey && !metaKey) return SHORTCUTS[letter];
  // A selected part is copied by the browser.
  return letter === 'c' && getSelection().isCollapsed ? 'copy' : undefined;
};

const actions = (program) => {
  let press;
  let start = [0, 0];
  let isTouched = false;

  const request = (what, inside, of = '') => {
    const around = inside.closest('[data-key]');
    if (around) program(`${what} ${around.dataset.key} ${of}`);
  };

  const onClick = ({ target }) => {
    const button = target.closest('[data-act]');
    if (button) request(button.dataset.act, button, button.dataset.of);
  };

  const onKey = (event) => {
    if (event.target.closest('.edit, input, textarea, select, audio, video')) return;
    const inside = event.target.closest('article, dialog.menu');
    const what = inside && shortcut(event);
    if (!what) return;
    event.preventDefault();
    request(what, inside);
  };

  const onPress = ({ target, pointerType, clientX, clientY }) => {
    const bubble = target.closest('article');
    clearTimeout(press);
    const isPressed = target.closest('a, button, textarea, audio, video, [role=slider]');
    isTouched = pointerType === 'touch' && bubble !== null && !isPressed;
    start = [clientX, clientY];
    if (isTouched) press = setTimeout(request, LONG_PRESS, 'menu', bubble);
  };

  const onMove = ({ clientX, clientY }) => {
    if (Math.hypot(clientX - start[0], clientY - start[1]) > MOVED) clearTimeout(press);
  };

  const onRelease = () => clearTimeout(press);

  // The browser's own menu would cover this one.
  const onContextMenu = (event) => {
    if (isTouched && event.target.closest('article')) event.preventDefault();
  };

  const on = (name, listener) => document.body.addEventListener(name, listener);
  on('click', onClick);
  on('keydown', onKey);
  on('pointerdown', onPress);
  on('pointermove', onMove);
  on('pointerup', onRelease);
  on('pointercancel', onRelease);
  on('contextmenu', onContextMenu);
};

// Returns true if the focus may move to a message: it is in that message, in a dialog that is closed, or
// nowhere. Responses come late, and the user may be typing elsewhere by then.
const isFree = (bubble) => {
  const { activeElement: now, body } = document;
  return !now || now === body || Boolean(bubble?.contains(now) || now.closest('dialog:not([open])'));
};

// Gives the focus back to a message.
const focusOn = (key) => {
  const bubble = bubbleOf(key);
  if (!isFree(bubble)) return;
  const button = bubble?.querySelector('[data-act=menu]');
  button?.focus({ preventScroll: true });
  if (document.activeElement !== button) bubble?.focus({ preventScroll: true });
};

// Puts the cursor at the end of an editor, unless the user is elsewhere by now.
const enterEditor = (area) => {
  if (!isFree(area.closest('article'))) return;
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
};

// Places a dialog beside the buttons of its bubble, or below or above them where there is no room. On a
// phone the style sheet ignores this.
const position = (dialog, bubble) => {
  const acts = bubble.querySelector('.acts');
  // While a message is being edited they have no place.
  const box = (acts?.offsetWidth ? acts : bubble).getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = dialog;
  const wanted = bubble.classList.contains('out') ? box.left - width - GAP : box.right + GAP;
  const left = Math.max(GAP, Math.min(wanted, innerWidth - width - GAP));
  const isBeside = left === wanted;
  const lowest = innerHeight - height - GAP;
  let top = isBeside ? box.top : box.bottom + GAP;
  if (top > lowest) top = isBeside ? lowest : box.top - height - GAP;
  dialog.style.setProperty('--x', `${left}px`);
  dialog.style.setProperty('--y', `${Math.max(GAP, top)}px`);
};

const onArrow = (event) => {
  if (event.target.closest('input')) return;
  const all = (which) => [...event.currentTarget.querySelectorAll(which)];
  const [which, step] = STEPS[event.key] ?? [];
  let next;
  if (which) {
    const buttons = all(which);
    const now = buttons.indexOf(document.activeElement);
    next = now < 0 ? buttons.at(step < 0 ? -1 : 0) : buttons[(now + step + buttons.length) % buttons.length];
  } else if (event.key === 'Home' || event.key === 'End') {
    next = all('[role=menuitem]:enabled').at(event.key === 'Home' ? 0 : -1);
  }
  if (!next) return;
  event.preventDefault();
  next.focus();
};

// Shows all emojis in the dialog for a reaction. Without the script, its field takes any.
const offerEmojis = async (dialog) => {
  try {
    const { offerReactions } = await globalThis.inbox.load('./picker/picker.js');
    await offerReactions(dialog);
  } catch (error) {
    console.error(error);
  }
};

// Closes a dialog by its buttons for that, and by a press beside it. A press at its edge is not beside it, and one that
// was begun in it ends a selection.
const closable = (dialog) => {
  let isBeside = false;
  const isOutside = ({ target, clientX, clientY }) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    return target === dialog && (clientX < left || clientX > right || clientY < top || clientY > bottom);
  };
  // The click that ends a long press began before the dialog was open.
  dialog.addEventListener('pointerdown', (event) => {
    isBeside = isOutside(event);
  });
  dialog.addEventListener('click', (event) => {
    const closes = event.target.closest('[data-close]') || (isBeside && isOutside(event));
    if (closes) dialog.close();
  });
};

// Opens a dialog about a message. Escape and a press beside it close it.
const popup = (dialog) => {
  const { key } = dialog.dataset;
  const bubble = bubbleOf(key);
  closable(dialog);
  dialog.addEventListener('close', () => focusOn(key));
  dialog.addEventListener('keydown', onArrow);
  dialog.showModal();
  const place = () => bubble && dialog.classList.contains('beside') && position(dialog, bubble);
  place();
  if (dialog.querySelector('.other-emoji')) offerEmojis(dialog).then(place);
};

// Scrolls to a message and makes it stand out for a moment. One that is taller than the screen is read
// from its beginning.
const flash = (key) => {
  const bubble = bubbleOf(key);
  if (!bubble) return;
  const isTall = bubble.offsetHeight > (bubble.closest('.log')?.clientHeight ?? innerHeight);
  bubble.scrollIntoView({ block: isTall ? 'start' : 'center' });
  // The focus comes from the quote that was pressed.
  const isFromQuote = document.activeElement?.closest('[data-act=jump]');
  if (isFromQuote || isFree(bubble)) bubble.focus({ preventScroll: true });
  // Otherwise the end of one animation would start the other.
  bubble.classList.remove('fresh');
  bubble.classList.add('found');
  setTimeout(() => bubble.classList.remove('found'), FOUND);
};

// Copies a text and returns true on success. The newer API exists only behind TLS, and a self-hosted
// server is often reached by its address in the local network.
const copyText = async (text) => {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = Object.assign(document.createElement('textarea'), { value: text, className: 'sr' });
    (document.querySelector('dialog[open]') ?? document.body).append(field);
    field.select();
    const isCopied = document.execCommand('copy');
    field.remove();
    return isCopied;
  }
};

export { actions, closable, copyText, enterEditor, flash, focusOn, popup };
