// A dialog with the form of a page of the server, which works without this script too. Every error comes as the page
// again, made by the server, so that there are words for it without a program.

import { isAnyOpen, oneAtATime, showModal } from './modal.js';

// The path of a conversation, to which a success leads.
const CHAT = /\/chat\/\d+$/;

// Returns a function that opens the dialog with the element `id` of a page. `firstOf` returns the field that gets the
// focus, and `onDone` is called with the path of the conversation once the dialog is closed.
const pageDialog = (id, firstOf, onDone = () => undefined) => {
  // Returns the form of a page. A page without it, such as the login, takes the place of this one.
  const formOf = async (answer) => {
    if (!answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const form = page.getElementById(id);
    if (!form) location.assign(answer.url);
    return form;
  };

  const fill = (dialog, form) => {
    const { title } = form.dataset;
    dialog.setAttribute('aria-label', title);
    dialog.replaceChildren(Object.assign(document.createElement('h2'), { textContent: title }), form);
  };

  // Sends the form. `page` is the path of its page, to which the server leads back on an error. That page has what was
  // typed.
  const send = async (dialog, form, page) => {
    if (dialog.ariaBusy) return;
    const status = form.querySelector('[role=status]');
    const body = new URLSearchParams(new FormData(form));
    dialog.ariaBusy = 'true';
    status.textContent = status.dataset.busy;
    try {
      const headers = { accept: 'text/html' };
      const answer = await fetch(form.getAttribute('action'), { method: 'POST', headers, referrer: page, body });
      // It was closed meanwhile.
      if (!dialog.open) return;
      const { pathname } = new URL(answer.url);
      if (CHAT.test(pathname)) {
        dialog.close();
        onDone(pathname);
        return;
      }
      const again = await formOf(answer);
      if (!again || !dialog.open) return;
      fill(dialog, again);
      firstOf(again)?.focus();
    } catch {
      status.textContent = status.dataset.failed;
    } finally {
      dialog.ariaBusy = null;
    }
  };

  // `page` is the path of the page, and `onClose` is called once the dialog is gone.
  return oneAtATime(async ({ page, query = '', onClose }) => {
    const form = await formOf(await fetch(page + query));
    if (!form || isAnyOpen()) return;
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
    fill(dialog, form);
    showModal(dialog, onClose);
    firstOf(form)?.focus();
  });
};

export { pageDialog };
