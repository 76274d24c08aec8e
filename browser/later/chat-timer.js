// The dialog "Mensagens temporárias": the form of its page, which the header of a conversation links to. The notice
// about a setting comes as an event.

import { pageDialog } from './page-dialog.js';

const open = pageDialog('chat-timer', (form) => form.querySelector('input:checked'));

// Opens the dialog. `link` leads to the page.
const chatTimer = (link) => {
  // The conversation may be another one by then.
  const onClose = () => link.isConnected && link.focus();
  return open({ page: link.getAttribute('href'), onClose });
};

export { chatTimer };
