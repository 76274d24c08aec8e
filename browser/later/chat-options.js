// The menu "Mais ações" of a conversation, and the dialogs of its items that ask again. Both are parts of pages of
// the server (`app/src/pages/chat_options.rs`), which work without this script too. What they change comes as an
// event.

import { popup } from './actions.js';
import { isAnyOpen, oneAtATime } from './modal.js';
import { pageDialog } from './page-dialog.js';

// Distance of the menu from its button and from the edge of the window, in pixels.
const GAP = 8;

// What cannot be undone is not the first that Enter does.
const openConfirm = pageDialog('chat-confirm', (form) => form.querySelector('input:checked') ?? form.querySelector('[data-close]'));

// Returns the items of a page. A page without them, such as the login, takes the place of this one.
const itemsOf = async (answer) => {
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const items = page.getElementById('chat-options');
  if (!items) location.assign(answer.url);
  return items;
};

const setRoles = (within, selector, role) => {
  for (const element of within.querySelectorAll(selector)) element.setAttribute('role', role);
};

const fill = (menu, items) => {
  const { title } = items.dataset;
  menu.setAttribute('aria-label', title);
  setRoles(items, '.items', 'menu');
  setRoles(items, '.items form', 'none');
  setRoles(items, '.items button', 'menuitem');
  for (const list of items.querySelectorAll('.items')) list.setAttribute('aria-label', title);
  menu.replaceChildren(items);
  menu.querySelector('[role=menuitem]')?.focus();
};

// Places the menu below its button. On a phone the style sheet ignores this.
const position = (menu, link) => {
  const { right, bottom } = link.getBoundingClientRect();
  menu.style.setProperty('--x', `${Math.max(GAP, right - menu.offsetWidth)}px`);
  menu.style.setProperty('--y', `${bottom + GAP}px`);
};

// While the server cannot be reached the page would only be lost, and the list says that the connection is.
const askAgain = async (page, onClose) => {
  try {
    await openConfirm({ page, onClose });
  } catch (error) {
    console.error(error);
    if (navigator.onLine && document.documentElement.dataset.live !== 'down') location.assign(page);
  }
};

// Does what an item says. `page` is the path of the items, to which the server leads back on an error. That page says
// what is wrong.
const choose = async (menu, form, page, onClose) => {
  if (menu.ariaBusy) return;
  const action = form.getAttribute('action');
  const body = new URLSearchParams(new FormData(form));
  if (form.method === 'get') {
    menu.close();
    await askAgain(`${action}?${body}`, onClose);
    return;
  }
  const status = menu.querySelector('[role=status]');
  status.textContent = '';
  menu.ariaBusy = 'true';
  try {
    const answer = await fetch(action, { method: 'POST', headers: { accept: 'text/html' }, referrer: page, body });
    // It was closed meanwhile.
    if (!menu.open) return;
    if (new URL(answer.url).pathname !== page) {
      menu.close();
      return;
    }
    const again = await itemsOf(answer);
    if (again && menu.open) fill(menu, again);
  } catch (error) {
    console.error(error);
    status.textContent = status.dataset.failed;
  } finally {
    menu.ariaBusy = null;
  }
};

// Opens the menu. `link` leads to the page.
const chatOptions = oneAtATime(async (link) => {
  const page = link.getAttribute('href');
  const items = await itemsOf(await fetch(page));
  if (!items || isAnyOpen() || !link.isConnected) return;
  const menu = Object.assign(document.createElement('dialog'), { className: 'menu options' });
  // The conversation may be another one by then.
  const onClose = () => link.isConnected && link.focus();
  menu.addEventListener('submit', (event) => {
    event.preventDefault();
    choose(menu, event.target, page, onClose);
  });
  // "Back" shows another part of the inbox, which the menu would cover.
  const close = () => menu.close();
  addEventListener('popstate', close);
  menu.addEventListener('close', () => {
    removeEventListener('popstate', close);
    link.ariaExpanded = 'false';
    menu.remove();
    onClose();
  });
  document.body.append(menu);
  link.ariaExpanded = 'true';
  fill(menu, items);
  popup(menu);
  position(menu, link);
});

export { askAgain, chatOptions };
