// The dialog "Dados da mensagem": the members of a group who read a message, those on whose phones it is, and the
// others (`pages/message_info.rs`). The menu of a message opens it, and the number of its readers.

import { oneAtATime } from '../modal.js';
import { notice } from '../notice.js';
import { groupParts } from './parts.js';
import { showPage } from '../shown-page.js';

const ID = 'message-info';

// Opens the dialog. `opener` has the path of the page (data-info), and is in the menu or the bubble of the message.
const openInfo = oneAtATime(async (opener) => {
  const path = opener.dataset.info;
  const { key } = opener.closest('[data-key]').dataset;
  const message = Number(path.split('/').at(-1));
  opener.closest('dialog')?.close();
  const { say } = await groupParts();
  try {
    await showPage({
      path,
      id: ID,
      className: 'info',
      concerns: (event) => event.message?.message.id === message,
      update: (dialog, newer) => dialog.querySelector(`#${ID}`).replaceWith(newer),
      onClose: () => globalThis.inbox.focusOn(key),
    });
  } catch (error) {
    console.error(error);
    await notice(say('gone'));
  }
});

export { openInfo };
