// The open conversation, its name, and the message that is answered there.

import { replyOf } from './reply.js';
import { shownName } from './written.js';

const target = () => {
  const { chat } = document.querySelector('.composer textarea').dataset;
  const name = shownName(document.getElementById('conversation-name').textContent);
  return { chat, name, replyTo: replyOf(chat) };
};

export { target };
