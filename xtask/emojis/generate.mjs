// Writes the tables of emojis in `browser/later/picker`, one for each language of the interface. The tables are
// committed, so that no build needs the data. To take a newer version of it, in an empty folder:
//
//     npm init -y && npm install emojibase-data@17.0.0 && node <here>/xtask/emojis/generate.mjs

import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const DATA = createRequire(`${process.cwd()}/`);
const FOLDER = new URL('../../browser/later/picker/', import.meta.url);

// The languages of the data, and the tables made of them.
const TABLES = { pt: 'emojis-pt.js', en: 'emojis-en.js' };

// Phones and systems of 2023 draw everything up to this version of Unicode's emojis. Newer ones would be boxes.
const NEWEST = 15;

// The groups of the data in the order of the picker. Group 2 has only parts of emojis.
const GROUPS = [0, 1, 3, 4, 5, 6, 7, 8, 9];

// Words that people here search by and the data lack.
const MORE = {
  pt: {
    '👍': ['joinha', 'positivo', 'curti'],
    '👎': ['negativo'],
    '🙏': ['obrigada', 'obrigado', 'gratidão', 'amém'],
    '👏': ['parabéns', 'palmas'],
    '🤝': ['combinado', 'fechado', 'parceria'],
    '✅': ['feito', 'pronto', 'confirmado'],
    '💰': ['pix', 'pagamento'],
    '💳': ['pagamento'],
    '🚚': ['entrega', 'frete'],
    '📦': ['encomenda', 'pedido', 'entrega'],
    '😂': ['rsrs'],
  },
  en: {},
};

const MODIFIERS = ['🏻', '🏼', '🏽', '🏾', '🏿'];

// The form that keyboards type. What is a picture by itself needs no sign for that.
const typed = (emoji) => emoji.replaceAll(/(\p{Emoji_Presentation})\u{fe0f}/gu, '$1');

const withTone = (emoji, tone) => emoji.replaceAll(/(\p{Emoji_Modifier_Base})\u{fe0f}?/gu, `$1${MODIFIERS[tone - 1]}`);

// Returns true if all people of an emoji can have each of the five tones, and the rule of the picker makes them.
const hasTones = ({ emoji, skins = [] }) => {
  const made = [1, 2, 3, 4, 5].map((tone) => withTone(typed(emoji), tone));
  const known = skins.filter(({ version }) => version <= NEWEST).map((skin) => typed(skin.emoji));
  const all = made.every((one) => known.includes(one));
  if (!all && known.length) console.warn(`no tones: ${emoji} ${known.join(' ')}`);
  return all;
};

// A word that is in the name already finds nothing more.
const words = ({ emoji, label, tags = [] }, language) => {
  const more = MORE[language][typed(emoji)] ?? [];
  const isNew = (word) => !label.toLowerCase().includes(word.toLowerCase());
  return [...new Set([...tags, ...more])].filter(isNew).join(',');
};

for (const [language, file] of Object.entries(TABLES)) {
  const all = DATA(`emojibase-data/${language}/data.json`);
  const known = all.filter(({ version, group }) => GROUPS.includes(group) && version <= NEWEST);
  known.sort((one, other) => one.order - other.order);
  const lines = GROUPS.flatMap((group) => [
    '  [',
    ...known.filter((one) => one.group === group).map((one) => {
      const cells = [typed(one.emoji) + (hasTones(one) ? '+' : ''), one.label, words(one, language)];
      const line = cells.join('|');
      if (line.split('|').length !== cells.length) throw new Error(`a separator is in ${line}`);
      return `    ${JSON.stringify(line)},`;
    }),
    '  ],',
  ]);
  const source = [
    '// Made by xtask/emojis/generate.mjs, which is the place to change it: the groups of the picker, and for each emoji',
    '// `emoji|name|more words`, with a plus where people in it have the tones of skin. From the Unicode CLDR, whose',
    '// licence is in xtask/emojis/LICENSE.',
    'const GROUPS = [',
    ...lines,
    '];',
    '',
    'export { GROUPS };',
    '',
  ].join('\n');
  writeFileSync(new URL(file, FOLDER), source);
  console.log(`${file}: ${known.length} emojis, ${readFileSync(new URL(file, FOLDER)).length} bytes`);
}
