// Help while writing: the button "Emojis", names of emojis, as in ":festa", members of a group to mention, as in "@Bia",
// and the previews of a formatted text and of its first link. What helps is loaded when it is first used.

import { FIELDS } from './insert.js';
import { orSay } from './tools.js';

const { load } = globalThis.inbox;

// So much before the cursor is looked at for the name of an emoji.
const NAME = 40;
// Two letters after a colon that begins a word. One letter makes a face of old, such as :D.
const NAMED = /(?:^|[\s(])(:\p{L}[\p{L}\p{N}_-]+)$/u;
// What a formatted text has somewhere, and a text with a link.
const MARKERS = /[*_~`]|^(?:[->] |\d+\. )/m;
const LINK = /https?:\/\/|www\./i;
// What a text has that may mention somebody.
const MENTION = /(?:^|[\s(])@/;

const named = ({ value, selectionStart: at }) => NAMED.exec(value.slice(Math.max(0, at - NAME), at))?.[1];

let names;
let mentions;
let preview;
let links;

// Each is loaded with the first text that has something for it, and learns from then on that it is gone.
const helps = {
  names: async (field) => {
    if (named(field)) names ??= await load('./picker/names.js');
    await names?.offerNames(field, named(field));
  },
  mentions: async (field) => {
    if (!field.closest('.conversation.group')) return;
    if (MENTION.test(field.value)) mentions ??= await load('./groups/mentions.js');
    await mentions?.offerMembers(field);
  },
  preview: async (field) => {
    if (MARKERS.test(field.value)) preview ??= await load('./preview/preview.js');
    await preview?.showPreview(field);
  },
  links: async (field) => {
    if (LINK.test(field.value)) links ??= await load('./previews/link-preview.js');
    links?.follow(field);
  },
};

// Without the scripts nothing helps, and the text is sent all the same.
const help = (field) => {
  const wanted = field.matches('.composer textarea') ? Object.keys(helps) : ['names', 'mentions'];
  for (const name of wanted) helps[name](field).catch(console.error);
};

// The fields that have a new text. What a script inserts makes an event for each of its lines, and is read once.
const changed = new Set();

const onText = ({ target }) => {
  if (!target?.matches?.(FIELDS) || changed.has(target)) return;
  changed.add(target);
  setTimeout(() => {
    changed.delete(target);
    help(target);
  });
};

const onClick = ({ target }) => {
  const button = target.closest?.('[data-emojis]');
  if (button) orSay(async () => (await load('./picker/picker.js')).openPicker(button), button.closest('dialog'));
};

const writing = () => {
  document.addEventListener('click', onClick);
  document.addEventListener('input', onText);
  // A draft has its previews when its field is entered.
  document.addEventListener('focusin', onText);
  onText({ target: document.activeElement });
};

export { writing };
