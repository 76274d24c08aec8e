// What the server is asked about stickers.

import { call } from '../server-call.js';

// Returns `{ recent, favourites }` of the number of a conversation, each `{ message, shape, favourite }`.
const stickersOf = (chat) => call('stickers', { chat });

const isKept = (message) => call('keeps_sticker', { message });

// Returns false if this user has as many favourites as one may.
const keep = (message, isWanted) => call('keep_sticker', { message, keep: isWanted });

const sendSticker = (chat, message, id, replyTo) =>
  call('send_sticker', { chat, message, wa_id: id, reply_to: replyTo });

export { isKept, keep, sendSticker, stickersOf };
