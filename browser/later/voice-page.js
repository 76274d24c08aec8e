// The page with the parts for recording and playing voice notes: its elements, words and limits
// (`pages/voice.rs`). It is loaded once, when one of them is shown first.

const PAGE = '/atendente/inbox-pirata/audio';

let loading;

const load = async () => {
  const answer = await fetch(PAGE);
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const all = page.getElementById('voice');
  // The login, for example.
  if (!all) throw new Error(answer.url);
  const words = new Map();
  for (const word of all.querySelectorAll('[data-word]')) words.set(word.dataset.word, word.textContent);
  const part = (name) => all.querySelector(`template[data-part=${name}]`).content.firstElementChild;
  return {
    limits: { seconds: Number(all.dataset.seconds), bytes: Number(all.dataset.bytes) },
    part: (name) => document.importNode(part(name), true),
    // A name in braces is a blank.
    say: (word, blanks = {}) => words.get(word).replaceAll(/\{(\w+)\}/g, (blank, name) => blanks[name] ?? blank),
  };
};

// Returns `{ limits, part, say }`.
const voicePage = () => {
  loading ??= load().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
};

// Writes a time as `0:34`, or `1:02:03`.
const written = (seconds) => {
  const all = Math.max(0, Math.floor(seconds || 0));
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor(all / 60) % 60];
  const two = (number) => String(number).padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
};

export { voicePage, written };
