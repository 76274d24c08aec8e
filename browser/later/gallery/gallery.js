// The gallery: the pictures and videos of the open conversation, one at a time in a dialog.
//
// The server has the dialog with all of its words in a template of the page (`pages/gallery.rs`). Everything
// about a picture is taken from its bubble, also its address, which must be one of our files. What is loaded of
// the conversation is what the gallery has; before the first one it scrolls the log, which loads more.

const SHOWN = '.media > a.picture:not(.sticker), .media > video.picture';
const ADDRESS = /^\/midia\/\d+$/;

// Pages of older messages that are loaded at once in search of a picture, and the time for one of them in ms.
const PAGES = 5;
const PATIENCE = 15000;

// What can have the focus in the dialog.
const STOPS = 'a[href], button, video, [tabindex="0"]';

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

// Resolves once the browser has left the entry of the gallery that was closed last.
let left = Promise.resolve();

const addressOf = (shown) => shown.getAttribute('href') ?? shown.getAttribute('src') ?? '';
const bubbleOf = (shown) => shown.closest('article');
const keyOf = (shown) => bubbleOf(shown).dataset.key;
const isPicture = (shown) => shown.localName === 'a';

const shownIn = (log) => [...log.querySelectorAll(SHOWN)].filter((shown) => ADDRESS.test(addressOf(shown)));

// The line above the messages is empty while there are older ones that nobody has asked for.
const edgeOf = (log) => log.querySelector('.log-edge').textContent.trim();

// Scrolls to the oldest message. Resolves with true once there are messages before it, and with false if none
// came.
const loadOlder = (log) =>
  new Promise((done) => {
    const oldest = log.querySelector('article');
    let loading = '';
    const finish = () => {
      observer.disconnect();
      clearTimeout(timer);
      // The rest of the same change comes first.
      setTimeout(() => done(log.querySelector('article') !== oldest));
    };
    const look = () => {
      const edge = edgeOf(log);
      loading ||= edge;
      if (log.querySelector('article') !== oldest || (loading && edge !== loading)) finish();
    };
    const observer = new MutationObserver(look);
    observer.observe(log, { childList: true, subtree: true, characterData: true });
    const timer = setTimeout(finish, PATIENCE);
    log.scrollTop = -log.scrollHeight;
    // It may be there already.
    log.dispatchEvent(new Event('scroll'));
  });

// A picture or player for the stage. `onFailed` is called if it cannot be shown.
const viewOf = (shown, onFailed) => {
  const view = document.createElement(isPicture(shown) ? 'img' : 'video');
  if (isPicture(shown)) {
    Object.assign(view, { alt: shown.querySelector('img')?.alt ?? '', draggable: false });
  } else {
    Object.assign(view, { controls: true, playsInline: true, preload: 'metadata', ariaLabel: shown.ariaLabel });
  }
  view.addEventListener('error', onFailed);
  view.src = addressOf(shown);
  return view;
};

// Opens the gallery at the picture or video of `link`. `zoom` is the function of `zoom.js`.
const gallery = async (link, zoom) => {
  await left;
  const log = link.closest('.log');
  const first = link.closest('.media').querySelector(':scope > .picture');
  const all = () => shownIn(log);
  if (!all().includes(first)) throw new Error('it is not a file of a conversation');
  if (document.querySelector('dialog[open]')) return;

  const dialog = document.getElementById('gallery').content.firstElementChild.cloneNode(true);
  const part = (name) => dialog.querySelector(`[data-part="${name}"]`);
  const button = (name) => dialog.querySelector(`[data-do="${name}"]`);
  const [stage, who, time, position, caption, failed] =
    ['stage', 'who', 'time', 'position', 'caption', 'failed'].map(part);
  const words = position.dataset;
  let key = keyOf(first);
  let index = all().indexOf(first);
  let view;
  // The neighbours, which are loaded ahead.
  let ahead = [];
  let isLoading = false;
  let isEntry = false;
  let afterwards;

  const enable = (name, isEnabled) => {
    button(name).ariaDisabled = String(!isEnabled);
  };

  const onZoom = () => {
    enable('enlarge', zoomed.canEnlarge());
    enable('reduce', zoomed.isEnlarged());
  };

  // Everything that depends on the other pictures.
  const locate = (list) => {
    const now = list.findIndex((shown) => keyOf(shown) === key);
    if (now < 0) return false;
    index = now;
    const place = words.of.replace('{n}', index + 1).replace('{of}', list.length);
    const told = isLoading ? words.loading : place;
    if (position.textContent !== told) position.textContent = told;
    enable('previous', !isLoading && (index > 0 || !edgeOf(log)));
    enable('next', index < list.length - 1);
    const neighbours = [list[index + 1], list[index - 1]].filter((shown) => shown && isPicture(shown)).map(addressOf);
    ahead = neighbours.map((src) => ahead.find((one) => one.getAttribute('src') === src) ?? Object.assign(new Image(), { src }));
    return true;
  };

  const clear = () => {
    // A player that was only removed would go on loading.
    if (view?.localName === 'video') {
      view.pause();
      view.removeAttribute('src');
      view.load();
    }
    view?.remove();
  };

  const onFailed = ({ target }) => {
    if (target !== view) return;
    clear();
    zoomed.of(undefined);
    failed.hidden = false;
  };

  const show = (shown) => {
    clear();
    const bubble = bubbleOf(shown);
    key = keyOf(shown);
    failed.hidden = true;
    view = viewOf(shown, onFailed);
    stage.append(view);
    zoomed.of(isPicture(shown) ? view : undefined);

    const { dateTime } = bubble.querySelector('.meta time');
    const at = new Date(dateTime);
    // A customer's name stands above the conversation alone.
    who.textContent = bubble.querySelector('.by').textContent || document.getElementById('conversation-name').textContent;
    time.dateTime = dateTime;
    time.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: 'medium', timeStyle: 'short' });
    caption.replaceChildren(...bubble.querySelector('.text').cloneNode(true).childNodes);
    caption.hidden = !caption.textContent.trim();
    caption.scrollTop = 0;
    caption.tabIndex = caption.scrollHeight > caption.clientHeight ? 0 : -1;
    part('download').href = addressOf(shown);
    const isAnswerable = 'actions' in document.documentElement.dataset && !bubble.closest('.menu-only');
    button('reply').hidden = !isAnswerable || !bubble.querySelector('[data-act=reply]');
    locate(all());
  };

  // The conversation changes meanwhile: messages come and are deleted, and the right to read it can end.
  const onChange = () => {
    const list = log.isConnected ? all() : [];
    if (!list.length) dialog.close();
    else if (!locate(list)) show(list[Math.min(index, list.length - 1)]);
  };

  const older = async () => {
    isLoading = true;
    locate(all());
    let pages = PAGES;
    while (pages-- && dialog.open && index === 0 && !edgeOf(log) && (await loadOlder(log))) locate(all());
    isLoading = false;
    if (dialog.open) onChange();
  };

  const go = async (step) => {
    const from = key;
    if (step < 0 && index === 0 && !isLoading && !edgeOf(log)) await older();
    const shown = all()[index + step];
    if (shown && dialog.open && key === from) show(shown);
  };

  const close = (then) => {
    afterwards = then;
    dialog.close();
  };

  // The bubble of what is shown, unless it is gone.
  const current = () => all().map(bubbleOf).find((one) => one.dataset.key === key);

  const find = () => {
    const bubble = current();
    bubble?.scrollIntoView({ block: 'center' });
    bubble?.focus({ preventScroll: true });
    globalThis.inbox.flash?.(key);
  };

  const reply = () => current()?.querySelector('[data-act=reply]')?.click();

  const opener = keyOf(first);
  const focusOpener = () => {
    const shown = all().find((one) => keyOf(one) === opener);
    const stop = shown && (isPicture(shown) ? shown : shown.parentElement.querySelector('.enlarge'));
    (stop ?? log).focus();
    // It may have the focus from the browser, which does not scroll to it.
    stop?.scrollIntoView({ block: 'nearest' });
  };

  const deeds = {
    previous: () => go(-1),
    next: () => go(1),
    enlarge: () => zoomed.enlarge(),
    reduce: () => zoomed.reduce(),
    reply: () => close(reply),
    find: () => close(find),
    close: () => close(),
  };
  const onClick = ({ target }) => deeds[target.closest('[data-do]')?.dataset.do]?.();

  const keys = { '+': deeds.enlarge, '=': deeds.enlarge, '-': deeds.reduce, 0: () => zoomed.fit() };

  const keepFocus = (event) => {
    const stops = [...dialog.querySelectorAll(STOPS)].filter((stop) => stop.offsetParent);
    const [from, to] = event.shiftKey ? [stops[0], stops.at(-1)] : [stops.at(-1), stops[0]];
    const isAtEdge = document.activeElement === from || !stops.includes(document.activeElement);
    if (!isAtEdge) return;
    event.preventDefault();
    to.focus();
  };

  // The listener is at the document: a click beside the buttons leaves the focus nowhere.
  const onKey = (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    if (event.key === 'Tab') {
      keepFocus(event);
      return;
    }
    // A player has its own keys.
    if (event.target.closest?.('video')) return;
    const [right, below] = ARROWS[event.key] ?? [];
    if (right !== undefined && zoomed.isEnlarged()) zoomed.move(right, below);
    else if (right) go(right);
    else if (keys[event.key]) keys[event.key]();
    else return;
    event.preventDefault();
  };

  const onBack = () => {
    isEntry = false;
    dialog.close();
  };

  const onClose = () => {
    observer.disconnect();
    document.removeEventListener('keydown', onKey);
    removeEventListener('popstate', onBack);
    clear();
    dialog.remove();
    if (isEntry && history.state?.gallery) {
      left = new Promise((done) => addEventListener('popstate', done, { once: true }));
      history.back();
    }
    (afterwards ?? focusOpener)();
  };

  const zoomed = zoom(stage, go, onZoom);
  const observer = new MutationObserver(onChange);
  dialog.tabIndex = -1;
  dialog.addEventListener('click', onClick);
  dialog.addEventListener('close', onClose);
  document.addEventListener('keydown', onKey);
  document.body.append(dialog);
  dialog.showModal();
  dialog.focus();
  history.pushState({ gallery: true }, '');
  isEntry = true;
  addEventListener('popstate', onBack);
  observer.observe(log.closest('.pane'), { childList: true, subtree: true, characterData: true });
  show(first);
  if (isPicture(first)) return;
  first.pause();
  view.currentTime = first.currentTime;
  // A browser that forbids it leaves the first picture, with the button to play.
  view.play().catch(() => {});
};

export { gallery };
