// The page of the dialog for sending files: its form and other parts, its words and its limits. It is loaded
// once, when something of it is shown first.

const PAGE = '/atendente/inbox-pirata/anexar';

// Characters that change the direction of text; in a name they would hide its ending.
const DIRECTIONS = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;

let loading;

// Fills the blanks of a sentence, as in `{name}`.
const fill = (sentence, blanks) => sentence.replaceAll(/\{(\w+)\}/g, (blank, name) => blanks[name] ?? blank);

// Writes a size as `components/media.rs` does: `8 B`, `340 kB`, `2,3 MB`.
const bytes = (size, language = document.documentElement.lang) => {
  if (size < 1e3) return `${size} B`;
  if (size < 1e6) return `${Math.floor(size / 1e3)} kB`;
  const [unit, name] = size < 1e9 ? [1e5, 'MB'] : [1e8, 'GB'];
  const tenths = Math.floor(size / unit);
  return `${Math.floor(tenths / 10)}${language === 'en' ? '.' : ','}${tenths % 10} ${name}`;
};

const shownName = (name) => name.replaceAll(DIRECTIONS, '');

const load = async () => {
  const answer = await fetch(PAGE);
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const all = page.getElementById('send-files');
  if (!all) {
    // The login, for example.
    location.assign(answer.url);
    throw new Error(answer.url);
  }
  const words = new Map();
  for (const word of all.querySelectorAll('[data-word]')) words.set(word.dataset.word, word.textContent);
  const part = (name) => all.querySelector(`template[data-part=${name}]`).content.firstElementChild;
  return {
    limits: Object.fromEntries(Object.entries(all.dataset).map(([name, limit]) => [name, Number(limit)])),
    form: () => document.importNode(all.querySelector('form'), true),
    part: (name) => document.importNode(part(name), true),
    say: (word, blanks = {}) => fill(words.get(word) ?? '', blanks),
  };
};

// Returns `{ limits, form, part, say }`.
const sendFilesPage = () => {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
};

export { bytes, fill, sendFilesPage, shownName };
