// The picker for emojis and stickers: beside the composer, in the dialog for files, and in the dialog for reactions.
// On a phone it is a sheet from below.

import { keepInComposer } from '../composer-place.js';
import { insertText } from '../insert.js';
import { isTouch } from '../touch.js';
import { fillEmojis } from './emoji-grid.js';
import { emojiPage } from './emoji-page.js';
import { emojis } from './table.js';
import { connectTabs } from './tabs.js';

// Distance from the field, in pixels.
const GAP = 8;

let opened;
let isOpening = false;

const parts = () => Promise.all([emojiPage(), emojis()]);

// The field that a button belongs to.
const fieldOf = (button) => button.closest('.box, .slide')?.querySelector('textarea');

// Types an emoji. On a touch screen the field does not get the focus, which would cover the picker by the keyboard.
const type = (field, emoji) => {
  if (!isTouch()) field.focus({ preventScroll: true });
  insertText(field, emoji);
};

const open = (button, field, [page, groups]) => {
  const element = page.part('picker');
  const find = (name) => element.querySelector(name);
  const dialog = button.closest('dialog');
  const composer = button.closest('.composer');
  const listening = new AbortController();
  const { signal } = listening;
  let leave = () => element.remove();
  let hasTyped = false;

  // The focus goes back to the button, or to the field once something was typed.
  const close = () => {
    if (opened?.close !== close) return;
    opened = undefined;
    const hadFocus = element.contains(document.activeElement);
    listening.abort();
    leave();
    button.removeAttribute('aria-expanded');
    if (hadFocus) (hasTyped && !isTouch() ? field : button).focus({ preventScroll: true });
  };

  const onPick = (emoji, isByKey) => {
    if (!field.isConnected || field.readOnly) {
      close();
      return;
    }
    const before = document.activeElement;
    type(field, emoji);
    hasTyped = true;
    // Keys go on in the picker.
    if (isByKey) before.focus({ preventScroll: true });
  };

  const onKey = (event) => {
    const modal = document.querySelector('dialog[open]');
    if (event.key !== 'Escape' || event.isComposing || (modal && modal !== dialog)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    close();
  };

  // A press, or a key that clicks, elsewhere closes it.
  const onPress = ({ target, isTrusted }) => {
    // A dialog above it belongs to it, and so does what scripts click.
    if (!isTrusted || (target.closest?.('dialog') ?? null) !== dialog) return;
    if (![element, button, field].some((one) => one.contains(target))) close();
  };

  const search = fillEmojis(find('[data-panel=emojis]'), page, groups, onPick);
  const chat = composer?.elements.chat.value;
  connectTabs(element, chat, composer?.dataset.failed);
  element.addEventListener('click', ({ target }) => target.closest('[data-close]') && close());
  document.addEventListener('keydown', onKey, { signal, capture: true });
  document.addEventListener('pointerdown', onPress, { signal });
  // Afterwards what was clicked may be gone.
  document.addEventListener('click', onPress, { signal, capture: true });
  opened = { button, close };
  button.setAttribute('aria-expanded', 'true');
  if (composer) {
    leave = keepInComposer(element, chat, 'append', close);
  } else {
    element.style.setProperty('--bottom', `${innerHeight - field.getBoundingClientRect().top + GAP}px`);
    dialog.append(element);
    // On a phone it takes a part of the dialog.
    field.scrollIntoView({ block: 'nearest' });
    dialog.addEventListener('close', close, { signal });
  }
  (isTouch() ? element : search).focus({ preventScroll: true });
};

// Opens the picker for the field beside a button, or closes it.
const openPicker = async (button) => {
  const before = opened;
  before?.close();
  const field = fieldOf(button);
  if (isOpening || before?.button === button || !field) return;
  isOpening = true;
  try {
    const loaded = await parts();
    if (button.isConnected && field.isConnected) open(button, field, loaded);
  } finally {
    isOpening = false;
  }
};

// Shows all emojis in the dialog for a reaction (`components/actions/emoji.rs`), whose form takes the chosen one.
const offerReactions = async (dialog) => {
  const [page, groups] = await parts();
  const form = dialog.querySelector('.other-emoji');
  if (!dialog.open || !form) return;
  const panel = page.part('picker').querySelector('[data-panel=emojis]');
  const field = form.querySelector('input');
  fillEmojis(panel, page, groups, (emoji) => {
    field.value = emoji;
    form.requestSubmit();
  });
  // Its keys are not those of the dialog, nor of the message.
  panel.addEventListener('keydown', (event) => event.key !== 'Escape' && event.stopPropagation());
  panel.classList.add('picker', 'in-dialog');
  form.after(panel);
};

export { offerReactions, openPicker };
