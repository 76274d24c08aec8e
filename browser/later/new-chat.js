// The dialog "Nova conversa": the form of its page, and the conversation that it leads to.
//
// Every error comes as the page again, made by the server, so that there are words for it without a
// program. The form works without this script.

// The path of a conversation.
const CHAT = /\/chat\/\d+$/;

let isOpening = false;

// Returns the form of a page. A page without it, such as the login, takes the place of this one.
const formOf = async (answer) => {
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const form = page.getElementById('new-chat');
  if (!form) location.assign(answer.url);
  return form;
};

const fill = (dialog, form) => {
  const { title } = form.dataset;
  dialog.setAttribute('aria-label', title);
  dialog.replaceChildren(Object.assign(document.createElement('h2'), { textContent: title }), form);
};

// Opens a conversation beside the list, as a link to it would, and goes to its composer.
const visit = (dialog, path) => {
  dialog.close();
  if (location.pathname !== path) history.pushState(null, '', path + location.search);
  dispatchEvent(new PopStateEvent('popstate'));
  requestAnimationFrame(() => globalThis.inbox.focusComposer());
};

// Sends the form. `page` is the path of its page, to which the server leads back on an error. That page has
// what was typed.
const send = async (dialog, form, page) => {
  if (dialog.ariaBusy) return;
  const status = form.querySelector('[role=status]');
  const body = new URLSearchParams(new FormData(form));
  dialog.ariaBusy = 'true';
  status.textContent = status.dataset.busy;
  try {
    const answer = await fetch(form.getAttribute('action'), {
      method: 'POST',
      headers: { accept: 'text/html' },
      referrer: page,
      body,
    });
    // It was closed meanwhile.
    if (!dialog.open) return;
    const { pathname } = new URL(answer.url);
    if (CHAT.test(pathname)) {
      visit(dialog, pathname);
      return;
    }
    const again = await formOf(answer);
    if (!again || !dialog.open) return;
    fill(dialog, again);
    (again.querySelector('[name=choice]') ?? again.querySelector('[name=phone]'))?.focus();
  } catch {
    status.textContent = status.dataset.failed;
  } finally {
    dialog.ariaBusy = null;
  }
};

// Opens the dialog. `opener` is the form whose button leads to the page.
const newChat = async (opener) => {
  if (isOpening) return;
  isOpening = true;
  try {
    const page = opener.getAttribute('action');
    const answer = await fetch(`${page}?${new URLSearchParams(new FormData(opener))}`);
    const form = await formOf(answer);
    if (!form || document.querySelector('dialog[open]')) return;
    const dialog = Object.assign(document.createElement('dialog'), { className: 'dialog' });
    dialog.addEventListener('submit', (event) => {
      event.preventDefault();
      send(dialog, event.target, page);
    });
    dialog.addEventListener('click', (event) => {
      if (!event.target.closest('[data-close]')) return;
      event.preventDefault();
      dialog.close();
    });
    // "Back" shows another part of the inbox, which the dialog would cover.
    const close = () => dialog.close();
    addEventListener('popstate', close);
    dialog.addEventListener('close', () => {
      removeEventListener('popstate', close);
      dialog.remove();
    });
    fill(dialog, form);
    document.body.append(dialog);
    dialog.showModal();
  } finally {
    isOpening = false;
  }
};

export { newChat };
