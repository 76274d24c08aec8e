// All emojis with their names, and the search among them.

const { load } = globalThis.inbox;

const MODIFIERS = ['🏻', '🏼', '🏽', '🏾', '🏿'];

// Letters without marks and capitals, and spaces for everything else, so that "coracao" finds "coração".
const plain = (words) => {
  const letters = words.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return ` ${letters.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim()} `;
};

// Reads `emoji|name|more words`, with a plus after emojis that have tones.
const read = (line) => {
  const [drawn, name, more] = line.split('|');
  const hasTones = drawn.endsWith('+');
  return { emoji: hasTones ? drawn.slice(0, -1) : drawn, hasTones, name, names: plain(name), more: plain(more) };
};

const loadTable = () => (document.documentElement.lang === 'en' ? load('./emojis-en.js') : load('./emojis-pt.js'));

let reading;

// Resolves with the groups of the picker, each a list of `{ emoji, hasTones, name }`. The table is loaded once, in the
// language of the page.
const emojis = () => {
  reading ??= loadTable().then(
    ({ GROUPS }) => GROUPS.map((lines) => lines.map(read)),
    (error) => {
      reading = undefined;
      throw error;
    },
  );
  return reading;
};

// The ways in which a word of a search fits an emoji, the best first: its name, a word of it, its beginning, the middle
// of a word.
const FITS = [
  ({ names }, word) => names === ` ${word} `,
  ({ names }, word) => names.startsWith(` ${word} `),
  ({ names }, word) => names.includes(` ${word} `),
  ({ more }, word) => more.includes(` ${word} `),
  ({ names }, word) => names.startsWith(` ${word}`),
  ({ names }, word) => names.includes(` ${word}`),
  ({ more }, word) => more.includes(` ${word}`),
  ({ names, more }, word) => word.length > 2 && (names.includes(word) || more.includes(word)),
];

// Returns how far an emoji is from a word of a search.
const distance = (one, word) => {
  const nth = FITS.findIndex((fits) => fits(one, word));
  return nth < 0 ? Infinity : nth;
};

// Returns up to `most` emojis for the words of a search, the best first.
const find = (groups, query, most) => {
  const words = plain(query).split(' ').filter(Boolean);
  if (!words.length) return [];
  const fit = (one) => words.reduce((sum, word) => sum + distance(one, word), 0);
  return groups
    .flat()
    .map((one) => [fit(one), one])
    .filter(([far]) => far < Infinity)
    .sort(([one], [other]) => one - other)
    .slice(0, most)
    .map(([, one]) => one);
};

// Gives all people of an emoji a tone of skin, from 1 to 5; 0 is none.
const withTone = ({ emoji, hasTones }, tone) =>
  hasTones && tone ? emoji.replaceAll(/(\p{Emoji_Modifier_Base})\u{fe0f}?/gu, `$1${MODIFIERS[tone - 1]}`) : emoji;

export { emojis, find, withTone };
