// Help while writing: names of emojis, as in ":festa", and the preview of a formatted text. What helps is loaded when
// a text has something for it.

import { FIELDS } from './insert.js';

const { load } = globalThis.inbox;

// So much before the cursor is looked at for the name of an emoji.
const NAME = 40;
// Two letters after a colon that begins a word. One letter makes a face of old, such as :D.
const NAMED = /(?:^|[\s(])(:\p{L}[\p{L}\p{N}_-]+)$/u;
// What a formatted text has somewhere.
const MARKERS = /[*_~`]|^(?:[->] |\d+\. )/m;

const named = ({ value, selectionStart: at }) => NAMED.exec(value.slice(Math.max(0, at - NAME), at))?.[1];

let names;
let preview;

// Without the scripts nothing helps, and the text is sent all the same.
const help = async (field) => {
  try {
    const name = named(field);
    if (name) names ??= await load('./picker/names.js');
    await names?.offerNames(field, named(field));
    if (!field.matches('.composer textarea')) return;
    if (MARKERS.test(field.value)) preview ??= await load('./preview/preview.js');
    await preview?.showPreview(field);
  } catch (error) {
    console.error(error);
  }
};

const onInput = ({ target }) => target.matches?.(FIELDS) && help(target);

const writing = () => {
  document.addEventListener('input', onInput);
  // A draft has its preview when its field is entered.
  document.addEventListener('focusin', onInput);
  if (document.activeElement) onInput({ target: document.activeElement });
};

export { writing };
