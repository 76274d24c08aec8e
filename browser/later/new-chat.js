// The dialog "Nova conversa": the form of its page, and the conversation that it leads to.

import { pageDialog } from './page-dialog.js';

const firstOf = (form) => form.querySelector('[name=choice]') ?? form.querySelector('[name=phone]');

// Opens a conversation beside the list, as a link to it would, and goes to its composer.
const visit = (path) => {
  if (location.pathname !== path) history.pushState(null, '', path + location.search);
  dispatchEvent(new PopStateEvent('popstate'));
  requestAnimationFrame(() => globalThis.inbox.focusComposer());
};

const open = pageDialog('new-chat', firstOf, visit);

// Opens the dialog. `opener` is the form whose button leads to the page.
const newChat = (opener) =>
  open({ page: opener.getAttribute('action'), query: `?${new URLSearchParams(new FormData(opener))}` });

export { newChat };
