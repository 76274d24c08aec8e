// Ids of messages, as WhatsApp Web makes them (`WaMessageId::from_random`). A request that is repeated with its id
// makes one message.

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const newId = () => `3EB0${hex(crypto.getRandomValues(new Uint8Array(9))).toUpperCase()}`;

export { newId };
