// The dialog "Mensagens temporárias": the form of its page, which the header of a conversation links to.
// The form works without this script. Every error comes as the page again, made by the server.

// The path of a conversation, to which a setting leads.
const CHAT = /\/chat\/\d+$/;

let isOpening = false;

// Returns the form of a page. A page without it, such as the login, takes the place of this one.
const formOf = async (answer) => {
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const form = page.getElementById('chat-timer');
  if (!form) location.assign(answer.url);
  return form;
};

const fill = (dialog, form) => {
  const { title } = form.dataset;
  dialog.setAttribute('aria-label', title);
  dialog.replaceChildren(Object.assign(document.createElement('h2'), { textContent: title }), form);
};

// Sends the form. `page` is the path of its page, to which the server leads back on an error.
const send = async (dialog, form, page) => {
  if (dialog.ariaBusy) return;
  const status = form.querySelector('[role=status]');
  dialog.ariaBusy = 'true';
  status.textContent = status.dataset.busy;
  try {
    const answer = await fetch(form.getAttribute('action'), {
      method: 'POST',
      headers: { accept: 'text/html' },
      referrer: page,
      body: new URLSearchParams(new FormData(form)),
    });
    // It was closed meanwhile.
    if (!dialog.open) return;
    // The notice about the setting comes as an event.
    if (CHAT.test(new URL(answer.url).pathname)) {
      dialog.close();
      return;
    }
    const again = await formOf(answer);
    if (again && dialog.open) fill(dialog, again);
  } catch {
    status.textContent = status.dataset.failed;
  } finally {
    dialog.ariaBusy = null;
  }
};

// Opens the dialog. `link` leads to the page.
const chatTimer = async (link) => {
  if (isOpening) return;
  isOpening = true;
  try {
    const page = link.getAttribute('href');
    const form = await formOf(await fetch(page));
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
      // The conversation may be another one by now.
      if (link.isConnected) link.focus();
    });
    fill(dialog, form);
    document.body.append(dialog);
    dialog.showModal();
    dialog.querySelector('input:checked')?.focus();
  } finally {
    isOpening = false;
  }
};

export { chatTimer };
