// Help while writing: the button "Emojis", names of emojis, as in ":festa", and the preview of a formatted text. What
// helps is loaded when it is first used.

import { FIELDS } from './insert.js';
import { orSay } from './tools.js';

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

const onClick = ({ target }) => {
  const button = target.closest?.('[data-emojis]');
  if (button) orSay(async () => (await load('./picker/picker.js')).openPicker(button), button.closest('dialog'));
};

const writing = () => {
  document.addEventListener('click', onClick);
  document.addEventListener('input', onInput);
  // A draft has its preview when its field is entered.
  document.addEventListener('focusin', onInput);
  if (document.activeElement) onInput({ target: document.activeElement });
};

export { writing };
