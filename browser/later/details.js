// The drawer "Dados do contato": the page about the person of a conversation (`pages/details.rs`), which the header
// links to. The server renders all of it; this script shows it beside the conversation, and changes its part of the
// files.

import { copyText } from './actions.js';
import { askAgain } from './chat-options.js';
import { oneAtATime, showModal } from './modal.js';
import { elementOf, showPage } from './shown-page.js';

const ID = 'chat-details';
// What an event of the conversation may change.
const LIVE = ['.details-id', '.details-line', '.details-block'];

// Shows another part of the files, or adds the older ones.
const showFiles = async (dialog, link) => {
  if (dialog.ariaBusy) return;
  const shown = dialog.querySelector('#details-files');
  const status = shown.querySelector('[role=status]');
  dialog.ariaBusy = 'true';
  status.textContent = status.dataset.busy;
  try {
    const files = await elementOf(await fetch(link.href), 'details-files');
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
  const dialog = Object.assign(document.createElement('dialog'), { className: 'dialog picture-dialog', ariaLabel: link.querySelector('.sr').textContent });
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'picture-close' });
  button.ariaLabel = link.closest('.details').dataset.closeName;
  button.append(Object.assign(document.createElement('img'), { src: link.href, alt: '' }));
  button.addEventListener('click', () => dialog.close());
  dialog.append(button);
  showModal(dialog, () => link.isConnected && link.focus());
};

const copy = async (button) => {
  if (await copyText(button.dataset.copy)) button.textContent = button.dataset.done;
};

const onClick = (event, dialog) => {
  const button = event.target.closest('[data-copy]');
  if (button) copy(button);
  const link = event.target.closest('a[data-part], a[data-older], a[data-picture]');
  if (!link || !globalThis.inbox.isPlainClick(event)) return;
  event.preventDefault();
  if (link.dataset.picture === undefined) showFiles(dialog, link);
  else showPicture(link);
};

const offerCopy = (content) => {
  for (const button of content.querySelectorAll('[data-copy]')) button.hidden = false;
};

// What has the focus stays.
const update = (dialog, newer) => {
  offerCopy(newer);
  for (const selector of LIVE) {
    const [old, fresh] = [dialog.querySelector(selector), newer.querySelector(selector)];
    if (old && fresh && !old.contains(document.activeElement)) old.replaceWith(fresh);
  }
};

// Opens the drawer. `link` leads to its page.
const details = oneAtATime(async (link) => {
  const path = link.getAttribute('href');
  const chat = Number(path.split('/').at(-2));
  // The conversation may be another one by then.
  const onClose = () => link.isConnected && link.focus();
  const concerns = ({ chat: changed }) => changed?.chat.id === chat;
  const dialog = await showPage({ path, id: ID, className: 'drawer', concerns, update, onClose });
  if (!dialog) return;
  offerCopy(dialog);
  dialog.addEventListener('click', (event) => onClick(event, dialog));
  // A block is asked about in a dialog, in place of the drawer.
  dialog.addEventListener('submit', (event) => {
    const { target: form } = event;
    if (form.method !== 'get') return;
    event.preventDefault();
    dialog.close();
    askAgain(`${form.getAttribute('action')}?${new URLSearchParams(new FormData(form))}`, onClose);
  });
});

export { details };
