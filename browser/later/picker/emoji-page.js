// The page with the elements and words of the picker (`pages/emojis.rs`).

import { serverParts } from '../server-parts.js';

const emojiPage = serverParts('/atendente/inbox-pirata/emojis', 'emojis');

export { emojiPage };
