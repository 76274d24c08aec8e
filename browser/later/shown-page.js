// A part of a page of the server, shown in a dialog beside the conversation and kept up to date by the live stream.

import { closable } from './actions.js';
import { isAnyOpen, showModal } from './modal.js';

// The cross of a button that closes.
const CLOSE = 'M6 6l12 12M18 6L6 18';
// Time in which several events lead to one request, in ms.
const SETTLED = 400;

// Returns the element `id` of the page that a request was answered with.
const elementOf = async (answer, id) => {
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const element = page.getElementById(id);
  if (!element) {
    if (new URL(answer.url).pathname === '/entrar') globalThis.inbox.leave();
    throw new Error(answer.url);
  }
  return element;
};

// Returns a button that is a cross. `name` is what it does.
const closeButton = (name) => {
  const drawn = (tag, attributes) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const icon = drawn('svg', { class: 'icon', viewBox: '0 0 24 24', 'aria-hidden': 'true' });
  icon.append(drawn('path', { d: CLOSE }));
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'round', title: name, ariaLabel: name });
  button.dataset.close = '';
  button.append(icon);
  return button;
};

// Calls `refresh` after events for which `concerns` is true, and after a gap in the stream. Returns a function that
// ends it.
const follow = (concerns, refresh) => {
  let waiting;
  const soon = () => {
    waiting ??= setTimeout(() => {
      waiting = undefined;
      refresh();
    }, SETTLED);
  };
  const onEvent = ({ detail }) => {
    const { event } = JSON.parse(detail);
    if (event === 'resync' || concerns(event)) soon();
  };
  addEventListener('live-event', onEvent);
  addEventListener('live', soon);
  return () => {
    clearTimeout(waiting);
    removeEventListener('live-event', onEvent);
    removeEventListener('live', soon);
  };
};

// Shows the element `id` of the page at `path` in a dialog, unless another one is open. The element has its title and
// the name of the button that closes it. `concerns` decides which events change it, `update` puts a newer element in,
// and `onClose` is called once the dialog is gone. Returns the dialog.
const showPage = async ({ path, id, className, concerns, update, onClose }) => {
  const load = async () => elementOf(await fetch(path), id);
  const content = await load();
  if (isAnyOpen()) return undefined;
  const { title, closeName } = content.dataset;
  const dialog = Object.assign(document.createElement('dialog'), { className: `dialog ${className}`, ariaLabel: title });
  const heading = Object.assign(document.createElement('h2'), { textContent: title });
  const button = closeButton(closeName);
  const header = Object.assign(document.createElement('header'), { className: 'dialog-head' });
  header.append(heading, button);
  dialog.append(header, content);
  closable(dialog);
  let nth = 0;
  const refresh = async () => {
    nth += 1;
    const own = nth;
    try {
      const newer = await load();
      if (own === nth && dialog.open) update(dialog, newer);
    } catch {
      // It stays as it is; the list says that the connection is lost.
    }
  };
  const unfollow = follow(concerns, refresh);
  showModal(dialog, () => {
    unfollow();
    onClose();
  });
  // The first thing in it is read aloud; a browser would begin with the last one, which has the focus.
  button.focus();
  return dialog;
};

export { elementOf, showPage };
