// The page with the elements, words and limits of stickers (`pages/stickers.rs`).

import { serverParts } from '../server-parts.js';

const stickersPage = serverParts('/atendente/inbox-pirata/figurinhas', 'stickers');

export { stickersPage };
