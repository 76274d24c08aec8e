// All emojis with their names, and the search among them.

const { load } = globalThis.inbox;

const MODIFIERS = ['🏻', '🏼', '🏽', '🏾', '🏿'];

// Letters without marks and capitals, and spaces for everything else, so that "coracao" finds "coração".
const plain = (words) => ` ${words.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, ' ')}`;

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

// Returns how well a word of a search fits an emoji, 0 is best, and a large number if it does not.
const distance = ({ names, more }, word) => {
  if (names.startsWith(` ${word}`)) return 0;
  if (names.includes(` ${word}`)) return 1;
  if (more.includes(` ${word}`)) return 2;
  return word.length > 2 && (names.includes(word) || more.includes(word)) ? 3 : Infinity;
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
