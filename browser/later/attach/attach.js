// The menu of the button "Anexar": what can be sent beside texts. Its items come from the server
// (`pages/attach/menu.rs`); the scripts behind them are loaded when they are chosen.

import { popup } from '../actions.js';
import { isAnyOpen, oneAtATime } from '../modal.js';
import { serverParts } from '../server-parts.js';
import { target } from '../target.js';

const { load } = globalThis.inbox;

// Distance of the menu from its button and from the edge of the window, in pixels.
const GAP = 8;

const menuPage = serverParts('/atendente/inbox-pirata/anexos', 'attach-menu');

const attach = async (files, options) => (await load('../files/files.js')).attach(files, options);

// What each item does in a conversation.
const KINDS = {
  photos: () => attach(undefined, { accept: 'image/*,video/*' }),
  documents: () => attach(undefined, { asDocument: true }),
  contact: async (to) => (await load('../contacts/contacts-dialog.js')).openContacts(to),
  place: async (to) => (await load('../places/place-dialog.js')).openPlace(to),
  poll: async (to) => (await load('../polls/poll-dialog.js')).openPoll(to),
};

// Places the menu above its button. On a phone the style sheet ignores this.
const position = (menu, button) => {
  const { left, top } = button.getBoundingClientRect();
  menu.style.setProperty('--x', `${Math.max(GAP, Math.min(left, innerWidth - menu.offsetWidth - GAP))}px`);
  menu.style.setProperty('--y', `${Math.max(GAP, top - menu.offsetHeight - GAP)}px`);
};

// Opens the menu of a button. `orSay` runs what is chosen and shows if it failed.
const openMenu = oneAtATime(async (button, orSay) => {
  const { part } = await menuPage();
  if (isAnyOpen() || !button.isConnected) return;
  const content = part('menu');
  const ariaLabel = content.querySelector('[role=menu]').getAttribute('aria-label');
  const menu = Object.assign(document.createElement('dialog'), { className: 'menu attach', ariaLabel });
  const input = content.querySelector('input');
  menu.append(content);
  const { chat, replyTo } = target();
  menu.addEventListener('click', (event) => {
    const item = event.target.closest('[data-attach-kind]');
    if (!item) return;
    menu.close();
    orSay(() => KINDS[item.dataset.attachKind]({ chat, replyTo }));
  });
  input.addEventListener('change', () => {
    const files = [...input.files];
    menu.close();
    if (files.length) orSay(() => attach(files));
  });
  menu.addEventListener('close', () => {
    button.ariaExpanded = 'false';
    menu.remove();
  });
  document.body.append(menu);
  button.ariaExpanded = 'true';
  popup(menu);
  position(menu, button);
});

export { openMenu };
