// The message that the next message of a conversation answers. The program stores it for the tab
// (`app/src/inbox/reply.rs`).

import { composerOf } from './composer-place.js';
import { isTouch } from './touch.js';

const keyOf = (chat) => `reply-${document.querySelector('.app').dataset.user}-${chat}`;

// Returns its id, if one is answered.
const replyOf = (chat) => {
  try {
    return JSON.parse(sessionStorage.getItem(keyOf(chat)))?.message;
  } catch {
    // Storage is forbidden.
    return undefined;
  }
};

// The answer is given. Another conversation may be open by now, which keeps its own.
const dropReply = (chat) => {
  const button = composerOf(chat)?.querySelector('.reply button');
  if (button) {
    button.click();
    // It leads to the field.
    if (isTouch()) document.activeElement?.blur();
    return;
  }
  try {
    sessionStorage.removeItem(keyOf(chat));
  } catch {
    // Nothing was stored.
  }
};

export { dropReply, replyOf };
