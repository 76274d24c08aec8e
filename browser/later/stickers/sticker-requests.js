// What the server is asked about stickers.

// The status of an answer that is none of the expected ones, as `cause`; 0 if there was no answer.
class Failure extends Error {
  constructor(cause) {
    super(String(cause));
    this.cause = cause;
  }
}

const ask = async (name, values) => {
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  let answer;
  try {
    answer = await fetch(`/api/${name}`, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams(given),
    });
  } catch {
    throw new Failure(0);
  }
  if (answer.status === 401) globalThis.inbox.leave();
  if (!answer.ok) throw new Failure(answer.status);
  return answer.json();
};

// Returns `{ recent, favourites }` of the number of a conversation, each `{ message, shape, favourite }`.
const stickersOf = (chat) => ask('stickers', { chat });

const isKept = (message) => ask('keeps_sticker', { message });

// Returns false if this user has as many favourites as one may.
const keep = (message, isWanted) => ask('keep_sticker', { message, keep: isWanted });

const sendSticker = (chat, message, id, replyTo) =>
  ask('send_sticker', { chat, message, wa_id: id, reply_to: replyTo });

export { Failure, isKept, keep, sendSticker, stickersOf };
