// The preview of the text in the composer, once it has a formatting that WhatsApp shows.

import { composerOf, keepInComposer } from '../composer-place.js';
import { emojiPage } from '../picker/emoji-page.js';
import { formatted } from './formatted.js';

// A longer text is not read at every letter.
const LONGEST = 10_000;

// The preview that is shown: `{ chat, element, text, leave }`.
let shown;

// Elements are created here, and no part of the text is ever parsed as HTML.
const nodeOf = (piece) => {
  if (typeof piece === 'string') return document.createTextNode(piece);
  const node = document.createElement(piece.element);
  node.append(...piece.within.map(nodeOf));
  return node;
};

// Links alone are no formatting that one would look at.
const isFormatted = (piece) => typeof piece !== 'string' && piece.element !== 'a';

// The server counts the same, and shows a text of more pieces as it is.
const count = (pieces) => pieces.reduce((sum, piece) => sum + 1 + count(piece.within ?? []), 0);

const hide = () => {
  shown?.leave();
  shown = undefined;
};

const open = (page, chat) => {
  const element = page.part('preview');
  const leave = keepInComposer(element, chat, '.box', hide);
  shown = { chat, leave, element, text: element.querySelector('[data-slot=text]') };
};

// Shows how the text of a composer will look, or nothing if that is the text itself.
const showPreview = async (field) => {
  const page = await emojiPage();
  const chat = field.form?.elements.chat.value;
  if (!chat || composerOf(chat) !== field.form) return;
  const pieces = field.value.length <= LONGEST ? formatted(field.value) : [];
  if (!pieces.some(isFormatted) || count(pieces) > page.limits.pieces) {
    hide();
    return;
  }
  if (shown?.chat !== chat) {
    hide();
    open(page, chat);
  }
  const { element, text } = shown;
  text.replaceChildren(...pieces.map(nodeOf));
  // The end is what is being typed. Keys scroll what is longer.
  element.scrollTop = element.scrollHeight;
  if (element.scrollHeight > element.clientHeight) element.tabIndex = 0;
  else element.removeAttribute('tabindex');
};

export { showPreview };
