// Ids of messages.

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

// An id as WhatsApp Web makes them (`WaMessageId::from_random`). A request that is repeated with it is the same
// message.
const newId = () => `3EB0${hex(crypto.getRandomValues(new Uint8Array(9))).toUpperCase()}`;

export { newId };
