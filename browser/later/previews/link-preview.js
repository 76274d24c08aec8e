// The preview of the first link in the composer, above its field. The server asks the page of the link, and keeps the
// preview for the text (`service::link_previews`): the program sends the text, and knows nothing of it.

import { announce } from '../announce.js';
import { composerOf, keepInComposer } from '../composer-place.js';
import { call } from '../server-call.js';
import { serverParts } from '../server-parts.js';
import { isTouch } from '../touch.js';

// Time without a change of the links after which the server is asked, in ms: nobody asks for half an address.
const SOON = 700;
// Letters of a text, and words among them, that are looked at.
const TEXT = 20_000;
const WORDS = 3;
// Words that may be links. The server finds them exactly (`text::first_link`).
const LINK = /https?:\/\/|www\./i;

const previewParts = serverParts('/atendente/inbox-pirata/previas', 'link-previews');

// The links whose preview is wanted: `{ chat, words, abort }`, and `close` while their card is shown.
let current;
// The first word with a link of each chat whose preview was removed. It stays removed while the text has it.
const removed = new Map();

const linkWords = (text) => text.slice(0, TEXT).split(/\s+/).filter((word) => LINK.test(word)).slice(0, WORDS);

const rest = (ms, signal) =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    setTimeout(resolve, ms);
  });

// Returns what the page of the first link says, or nothing.
const ask = async ({ chat, words, abort: { signal } }) => {
  await rest(SOON, signal);
  const fields = { chat, text: words.join(' ') };
  try {
    return await call('preview_link', fields, signal);
  } catch (error) {
    // Pages of earlier links are still being fetched.
    if (error.status !== 429) throw error;
    await rest((error.error?.too_many?.seconds ?? 1) * 1000, signal);
    return call('preview_link', fields, signal);
  }
};

const drop = () => {
  current?.abort.abort();
  current?.close?.();
  current = undefined;
};

// The person wants no preview of this link. The card stays if the server does not know.
const remove = async (request, link, button, say) => {
  button.disabled = true;
  try {
    await call('drop_preview', { chat: request.chat, link });
  } catch (error) {
    console.error(error);
    button.disabled = false;
    return;
  }
  if (request !== current) return;
  removed.set(request.chat, request.words[0]);
  drop();
  announce(say('removed'));
  if (!isTouch()) globalThis.inbox.focusComposer();
};

const show = (request, { link, host, title, description, picture }, { part, say }) => {
  const card = part('card');
  const slot = (name) => card.querySelector(`[data-slot=${name}]`);
  for (const [name, words] of Object.entries({ title, description, host })) {
    slot(name).textContent = words;
    slot(name).hidden = !words;
  }
  const image = slot('picture');
  if (picture) {
    image.src = URL.createObjectURL(new Blob([new Uint8Array(picture)], { type: 'image/jpeg' }));
    image.hidden = false;
  }
  const button = card.querySelector('[data-do=remove]');
  button.addEventListener('click', () => remove(request, link, button, say));
  const leave = keepInComposer(card, request.chat, '.text-preview, .box', drop);
  request.close = () => {
    leave();
    if (picture) URL.revokeObjectURL(image.src);
  };
  announce(say('shown', { title: title || host }));
};

const start = async (request) => {
  try {
    const card = await ask(request);
    if (!card || request !== current) return;
    const parts = await previewParts();
    if (request !== current) return;
    if (composerOf(request.chat)) show(request, card, parts);
    // Another conversation is open. This one asks again.
    else drop();
  } catch (error) {
    // A text is sent without a preview as well.
    if (error.name !== 'AbortError') console.error(error);
  }
};

// Shows the preview of the first link of a composer, and takes that of another one away.
const follow = (area) => {
  const { chat } = area.dataset;
  const words = linkWords(area.value);
  const isSame = current?.chat === chat && current.words.join(' ') === words.join(' ');
  if (isSame) return;
  drop();
  if (removed.get(chat) === words[0] && words.length) return;
  removed.delete(chat);
  if (!words.length) return;
  current = { chat, words, abort: new AbortController() };
  start(current);
};

export { follow };
