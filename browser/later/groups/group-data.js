// The drawer "Dados do grupo": the part of its page (`pages/group.rs`), whose forms are sent without leaving the
// conversation. What the live stream changes comes in while it is open; a form that somebody fills in stays.

import { oneAtATime } from '../modal.js';
import { notice } from '../notice.js';
import { groupParts } from './parts.js';
import { elementOf, showPage } from '../shown-page.js';

const ID = 'group-data';
// The path of a conversation, to which a group leads that the number leaves.
const CHAT = /\/chat\/\d+$/;
// What is not a form. Of a group that the number is not in any more, there is nothing to leave.
const LIVE = ['.group-head', 'section[aria-labelledby=group-description]', '#group-members', '.members'];

const plain = (text) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();
const digits = (text) => text.replaceAll(/\D/g, '');

// Shows the members whose names or phones have the words of the search.
const filter = (content) => {
  const words = plain(content.querySelector('[type=search]')?.value.trim() ?? '');
  const typed = digits(words);
  let isAny = false;
  for (const member of content.querySelectorAll('.members li')) {
    const text = plain(member.textContent);
    const isFound = text.includes(words) || (typed.length >= 4 && digits(text).includes(typed));
    member.hidden = !isFound;
    isAny ||= isFound;
  }
  content.querySelector('[data-slot=none]').hidden = isAny || !words;
};

const update = (dialog, newer) => {
  const content = dialog.querySelector(`#${ID}`);
  for (const selector of LIVE) {
    const [old, fresh] = [content.querySelector(selector), newer.querySelector(selector)];
    if (old && fresh) old.replaceWith(fresh);
  }
  if (!newer.querySelector('.leave')) content.querySelector('.leave')?.remove();
  filter(content);
};

// Sends a form. Every answer is a page of the server: that of the group with what was saved or the sentence of an
// error, or the conversation.
const send = async (dialog, form, path, say) => {
  if (dialog.ariaBusy) return;
  const status = form.querySelector('[role=status]');
  const body = new URLSearchParams(new FormData(form));
  const action = form.getAttribute('action');
  dialog.ariaBusy = 'true';
  status.textContent = say('busy');
  try {
    const headers = { accept: 'text/html' };
    const answer = await fetch(action, { method: 'POST', headers, referrer: path, body });
    if (!dialog.open) return;
    if (CHAT.test(new URL(answer.url).pathname)) {
      dialog.close();
      return;
    }
    const content = await elementOf(answer, ID);
    dialog.querySelector(`#${ID}`).replaceWith(content);
    const saved = content.querySelector(`form[action="${action}"] [data-saved]`);
    const isRefused = content.querySelector('[role=alert]') !== null;
    if (saved && !isRefused) saved.textContent = saved.dataset.saved;
    content.querySelector(`form[action="${action}"] button`)?.focus();
  } catch {
    status.textContent = say('failed');
  } finally {
    dialog.ariaBusy = null;
  }
};

// Opens the drawer. `link` leads to the page.
const openGroup = oneAtATime(async (link) => {
  const path = link.getAttribute('href');
  const { say } = await groupParts();
  const chat = Number(path.split('/').at(-2));
  // A message that is no change of the group changes nothing here.
  const concerns = ({ message, chat: changed }) =>
    changed?.chat.id === chat || (message?.chat.id === chat && message.message.kind === 'system');
  try {
    const dialog = await showPage({
      path,
      id: ID,
      className: 'drawer',
      concerns,
      update,
      // The conversation may be another one by then.
      onClose: () => link.isConnected && link.focus(),
    });
    if (!dialog) return;
    dialog.addEventListener('input', ({ target }) => {
      if (target.type === 'search') filter(dialog.querySelector(`#${ID}`));
    });
    dialog.addEventListener('submit', (event) => {
      event.preventDefault();
      if (event.target.method === 'post') send(dialog, event.target, path, say);
    });
  } catch (error) {
    console.error(error);
    await notice(say('gone'));
  }
});

export { openGroup };
