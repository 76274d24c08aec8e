// What a page of the server keeps for scripts, so that the program has none of it: elements in templates, words,
// and limits.

// Fills the blanks of a sentence, as in `{name}`.
const fill = (sentence, blanks) => sentence.replaceAll(/\{(\w+)\}/g, (blank, name) => blanks[name] ?? blank);

const load = async (address, id) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const all = page.getElementById(id);
  if (!all) {
    // Nobody is logged in any more. The way back from the login is this page, not that of the parts.
    if (new URL(answer.url).pathname === '/entrar') globalThis.inbox.leave();
    throw new Error(answer.url);
  }
  const words = new Map();
  for (const word of all.querySelectorAll('[data-word]')) words.set(word.dataset.word, word.textContent);
  const part = (name) => all.querySelector(`template[data-part=${name}]`).content.firstElementChild;
  return {
    limits: Object.fromEntries(Object.entries(all.dataset).map(([name, limit]) => [name, Number(limit)])),
    part: (name) => document.importNode(part(name), true),
    say: (word, blanks = {}) => fill(words.get(word) ?? '', blanks),
  };
};

// Returns a function that resolves with `{ limits, part, say }` of the element `id` of the page at `address`. It
// loads them once, when something of them is shown first.
const serverParts = (address, id) => {
  let loading;
  return () => {
    loading ??= load(address, id).catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
};

export { serverParts };
