// The drawer "Dados do contato": the page about the person or the group of a conversation, which the header links to.
// The server renders all of it; this script shows it beside the conversation, and changes its part of the files.

import { copyText } from './actions.js';
import { isAnyOpen, oneAtATime, showModal } from './modal.js';

// Returns the element `id` of a page. A page without it is the login.
const partOf = async (address, id) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const part = page.getElementById(id);
  if (!part) {
    if (new URL(answer.url).pathname === '/entrar') globalThis.inbox.leave();
    throw new Error(answer.url);
  }
  return part;
};

// Shows another part of the files, or adds the older ones.
const showFiles = async (dialog, link) => {
  if (dialog.ariaBusy) return;
  const shown = dialog.querySelector('#details-files');
  const status = shown.querySelector('[role=status]');
  dialog.ariaBusy = 'true';
  status.textContent = status.dataset.busy;
  try {
    const files = await partOf(link.href, 'details-files');
    const items = files.querySelector('[data-items]');
    if (link.dataset.older !== undefined) {
      const first = items.firstElementChild;
      items.prepend(...shown.querySelector('[data-items]').children);
      shown.replaceWith(files);
      (first?.querySelector('a') ?? files).focus();
    } else {
      shown.replaceWith(files);
      files.querySelector('[aria-current]')?.focus();
    }
  } catch {
    status.textContent = status.dataset.failed;
  } finally {
    dialog.ariaBusy = null;
  }
};

// Shows the picture as large as it is.
const showPicture = (link) => {
  const dialog = Object.assign(document.createElement('dialog'), { className: 'dialog picture-dialog', ariaLabel: link.ariaLabel });
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'picture-close' });
  button.ariaLabel = link.closest('.details').querySelector('[data-close]').ariaLabel;
  button.append(Object.assign(document.createElement('img'), { src: link.href, alt: '' }));
  button.addEventListener('click', () => dialog.close());
  dialog.append(button);
  showModal(dialog, () => link.isConnected && link.focus());
};

const copy = async (button) => {
  if (await copyText(button.dataset.copy)) button.textContent = button.dataset.done;
};

const onClick = (event, dialog) => {
  const { target } = event;
  if (target === dialog || target.closest('[data-close]')) {
    dialog.close();
    return;
  }
  const button = target.closest('[data-copy]');
  if (button) copy(button);
  const link = target.closest('a[data-part], a[data-older], a[data-picture]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  if (link.dataset.picture === undefined) showFiles(dialog, link);
  else showPicture(link);
};

// Opens the drawer. `link` leads to its page.
const details = oneAtATime(async (link) => {
  const content = await partOf(link.getAttribute('href'), 'chat-details');
  if (isAnyOpen()) return;
  const ariaLabel = content.dataset.title;
  const dialog = Object.assign(document.createElement('dialog'), { className: 'drawer', ariaLabel });
  for (const button of content.querySelectorAll('[data-copy]')) button.hidden = false;
  dialog.append(content);
  dialog.addEventListener('click', (event) => onClick(event, dialog));
  // The conversation may be another one by then.
  showModal(dialog, () => link.isConnected && link.focus());
  content.querySelector('[data-close]').focus();
});

export { details };
