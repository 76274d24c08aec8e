// What a user chose in the picker before: the last emojis, and the tone of skin. It is stored in this browser until
// the logout (`forgetOthers` in `browser/drafts.js`).

// So many emojis are remembered.
const MOST = 32;
const TONES = 5;

const key = () => `emojis-${document.querySelector('.app').dataset.user}`;

// Returns `{ recent, tone }`.
const choices = () => {
  let stored;
  try {
    stored = JSON.parse(localStorage.getItem(key()));
  } catch {
    // Storage is forbidden.
  }
  const { recent, tone } = stored ?? {};
  return {
    recent: Array.isArray(recent) ? recent.slice(0, MOST) : [],
    tone: Number.isInteger(tone) && tone > 0 && tone <= TONES ? tone : 0,
  };
};

const store = (change) => {
  try {
    localStorage.setItem(key(), JSON.stringify({ ...choices(), ...change }));
  } catch {
    // Storage is full or forbidden.
  }
};

// Remembers that an emoji, without its tone, was used.
const remember = (emoji) => {
  const { recent } = choices();
  store({ recent: [emoji, ...recent.filter((other) => other !== emoji)].slice(0, MOST) });
};

const chooseTone = (tone) => store({ tone });

export { chooseTone, choices, remember };
