import type { Phone } from '../emulator.ts';
import type { Shown } from './bubble.ts';
import type { Files } from './files.ts';
import { bytesField, textField } from './protobuf.ts';

/** A field that a stranger fills in. */
export interface HostileField {
  field: string;
  /** Sends a message with these words in the field. It makes one bubble. */
  send: (customer: Phone, shop: Phone, words: string, files: Files) => Promise<unknown>;
  /** So many characters of the words are shown at least; 120 if left out. */
  shows?: number;
  /** Further words of the bubble, unless the words are far too long. */
  says?: string[];
}

/** Markup, a script, an address that runs, and letters from right to left, which make `fdp.exe` of `exe.pdf`. */
export const MARKUP = '<img src=x onerror=alert(1)><script>alert(2)</script> javascript:alert(3) \u202efdp.exe\u2066 "\'&amp; </section>';
/** What can be read of it. Words are shown without characters that change the direction, or inside their own bounds. */
export const READ = '<img src=x onerror=alert(1)><script>alert(2)</script> javascript:alert(3) fdp.exe "\'&amp; </section>';
/** Far more than fits. */
export const LONG = 'Muito longo '.repeat(834);

const LINK = 'https://loja.example/azul';
const AT = { latitude: 1, longitude: 2 };

const writes = (body: (words: string, files: Files) => object) => (customer: Phone, shop: Phone, words: string, files: Files) =>
  customer.write(shop, body(words, files));

/** Twelve options that differ, as WhatsApp takes them at most. */
const options = (words: string) => Array.from({ length: 12 }, (_, nth) => `${nth + 1} ${words}`);

export const HOSTILE_FIELDS: HostileField[] = [
  { field: 'a text', send: writes((words) => ({ text: words })) },
  { field: 'the name of a place', send: writes((words) => ({ location: { ...AT, name: words, address: 'Rua' } })) },
  { field: 'the address of a place', send: writes((words) => ({ location: { ...AT, name: 'Lugar', address: words } })) },
  { field: 'the text of a place that is shared for a time', send: writes((words) => ({ live_location: { ...AT, caption: words } })) },
  { field: 'the name of a contact', send: writes((words) => ({ contact: { name: words, number: '5561999990000' } })) },
  { field: 'the names of contacts', send: writes((words) => ({ contacts: [{ name: words, number: '5561999990000' }, { name: words, number: '190' }] })) },
  { field: 'the question of a poll', send: writes((words) => ({ poll: { name: words, options: ['Sim', 'Não'] } })) },
  { field: 'twelve options of a poll', send: writes((words) => ({ poll: { name: 'Que dia?', options: options(words) } })), says: Array.from({ length: 12 }, (_, nth) => `${nth + 1} `) },
  { field: 'the title of a preview', send: writes((words) => ({ text: LINK, link_preview: { url: LINK, title: words } })), shows: 100 },
  { field: 'the description of a preview', send: writes((words) => ({ text: LINK, link_preview: { url: LINK, title: 'Loja', description: words } })), shows: 100 },
  { field: 'the name of a document', send: writes((words) => ({ media: { kind: 'document', mime: 'application/pdf', base64: 'JVBERg==', file_name: words } })), shows: 20 },
  {
    field: 'the caption of a photo',
    send: writes((words, { thumbnail }) => ({ media: { kind: 'image', mime: 'image/jpeg', base64: thumbnail.toString('base64'), caption: words, width: 60, height: 60 } })),
  },
  { field: 'the answer to a button', send: writes((words) => ({ button_reply: { id: words, text: words } })) },
  { field: 'the answer to a list', send: writes((words) => ({ list_reply: { id: 'a', title: words, description: words } })) },
  { field: 'an order', send: writes((words) => ({ order: { id: words, title: words, items: -1, total_1000: -1, currency: '<b>', text: words } })) },
  { field: 'a product', send: writes((words) => ({ product: { id: words, title: words, description: words, url: 'javascript:alert(4)', text: words } })) },
  { field: 'a template', send: writes((words) => ({ template: { title: words, text: words, footer: words, buttons: [{ link: { url: 'javascript:alert(5)', text: words } }] } })) },
  { field: 'an event', send: (customer, shop, words) => customer.sendContent(shop, bytesField(75, textField(3, words))) },
];

/** Files of stickers that are none, or claim to be something else, with what is shown instead. */
export const HOSTILE_STICKERS: { what: string; mime: string; bytes: Buffer; width: number; height: number; shown: Shown }[] = [
  { what: 'a page', mime: 'text/html', bytes: Buffer.from(`<!doctype html>${MARKUP}`), width: 512, height: 512, shown: { says: ['figurinha'] } },
  {
    what: 'a drawing with a script',
    mime: 'image/svg+xml',
    bytes: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(6)"/>'),
    width: 512,
    height: 512,
    shown: { says: ['figurinha'] },
  },
  // Scripts notice that a picture cannot be drawn, and show the name of the file.
  {
    what: 'a page that claims to be a picture',
    mime: 'image/webp',
    bytes: Buffer.from(`<!doctype html>${MARKUP}`),
    width: 512,
    height: 512,
    shown: { says: [], holds: ['.media'] },
  },
  {
    what: 'a picture that ends at once, of absurd size',
    mime: 'image/webp',
    bytes: Buffer.from('RIFF\xff\xff\xff\x7fWEBPVP8 ', 'latin1'),
    width: 4_000_000_000,
    height: 1,
    shown: { says: [], holds: ['.media'] },
  },
];
