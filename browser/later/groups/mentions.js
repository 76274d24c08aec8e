// Members of a group for a name that is typed after "@": a list beside the field, in which the arrow keys choose. Enter
// or Tab takes one, Escape closes the list until another name is begun. The field keeps whom its text mentions
// (data-mentions), which goes with the text to the server; the server leaves out those whose names are not in it any
// more.

import { replaceText } from '../insert.js';
import { call } from '../server-call.js';
import { groupParts } from './parts.js';

// So many members are offered.
const MOST = 8;
// The server returns so many at most (`Viewer::group_members`). Of a larger group it searches.
const WHOLE = 50;
// Time for which the members of a group are kept, in ms.
const FRESH = 30000;
// Distance from the field, in pixels.
const GAP = 6;
// "@" that begins a word, and what is typed of a name after it.
const NAMED = /(?:^|[\s(])@((?:[^\s@][^@\n]{0,39})?)$/u;
// More than that expression can match.
const BEFORE = 60;

const ATTRIBUTES = ['aria-autocomplete', 'aria-controls', 'aria-activedescendant'];

// The open list: `{ element, field, found, at, length, end, most }`, the chosen one and the length of what is typed.
let list;
// The field and the beginning of the name for which the list was closed.
let closed;
// The members that were loaded last: `{ chat, at, members }`.
let known;

const plain = (text) => text.normalize('NFD').replaceAll(/\p{M}/gu, '').toLowerCase();

const close = () => {
  if (!list) return;
  for (const attribute of ATTRIBUTES) list.field.removeAttribute(attribute);
  list.element.remove();
  list = undefined;
};

const select = (at) => {
  list.at = (at + list.found.length) % list.found.length;
  for (const [nth, option] of [...list.element.children].entries()) {
    option.setAttribute('aria-selected', nth === list.at);
    if (nth !== list.at) continue;
    list.field.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  }
};

const mentionsOf = ({ dataset }) => {
  try {
    return JSON.parse(dataset.mentions);
  } catch {
    return [];
  }
};

// Notes that the text of a field mentions a member. That of a composer is kept in this browser, as its draft is
// (`browser/drafts.js`).
const remember = (field, { contact, name }, most) => {
  const isOther = (one) => field.value.includes(`@${one.name}`) && !(one.contact === contact && one.name === name);
  const mentions = JSON.stringify([...mentionsOf(field).filter(isOther), { contact, name }].slice(-most));
  field.dataset.mentions = mentions;
  const { chat } = field.dataset;
  if (!chat) return;
  try {
    localStorage.setItem(`mentions-${document.querySelector('.app').dataset.user}-${chat}`, mentions);
  } catch {
    // Storage may be full or forbidden; the field has them.
  }
};

const take = (at) => {
  const { field, found, length, most } = list;
  const end = field.selectionStart;
  // What follows the name is no name.
  closed = { field, start: end - length };
  close();
  replaceText(field, end - length, end, `@${found[at].name} `);
  remember(field, found[at], most);
};

const optionOf = ({ name, phone }, nth) => {
  const option = Object.assign(document.createElement('li'), { role: 'option', id: `mention-${nth}` });
  option.append(Object.assign(document.createElement('bdi'), { textContent: name }));
  if (phone && phone !== name) {
    option.append(Object.assign(document.createElement('span'), { className: 'muted', textContent: phone }));
  }
  return option;
};

const show = (page, field, found, length) => {
  if (list?.field !== field) close();
  const element = list?.element ?? page.part('members');
  list = { element, field, found, length, at: 0, end: field.selectionStart, most: page.limits.mentions };
  element.replaceChildren(...found.map(optionOf));
  const { left, top } = field.getBoundingClientRect();
  element.style.setProperty('--x', `${left}px`);
  element.style.setProperty('--bottom', `${innerHeight - top + GAP}px`);
  if (!element.isConnected) {
    // The field keeps the focus.
    element.addEventListener('pointerdown', (event) => event.preventDefault());
    element.addEventListener('click', ({ target }) => {
      const option = target.closest('[role=option]');
      if (option) take([...element.children].indexOf(option));
    });
    document.body.append(element);
  }
  field.setAttribute('aria-autocomplete', 'list');
  field.setAttribute('aria-controls', element.id);
  select(0);
};

const keys = {
  ArrowDown: () => select(list.at + 1),
  ArrowUp: () => select(list.at - 1),
  Enter: () => take(list.at),
  Tab: () => take(list.at),
  Escape: () => {
    closed = { field: list.field, start: list.field.selectionStart - list.length };
    close();
  },
};

// They come before those of the field, where Enter sends the text.
const onKey = (event) => {
  const { key, target, isComposing, keyCode, altKey, ctrlKey, metaKey, shiftKey } = event;
  if (!list || target !== list.field || !Object.hasOwn(keys, key)) return;
  if (isComposing || keyCode === 229 || altKey || ctrlKey || metaKey || shiftKey) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  keys[key]();
};

// The cursor or the field is elsewhere, so what was typed is no name any more.
const onMove = () => {
  if (list && (!list.field.isConnected || list.field.selectionStart !== list.end)) close();
};

document.addEventListener('keydown', onKey, { capture: true });
document.addEventListener('focusout', ({ target }) => target === list?.field && close());
document.addEventListener('selectionchange', onMove);
// A field that goes with its conversation does not report that it lost the focus.
addEventListener('popstate', close);

// Returns true if a word of the name begins with what was typed, or the phone has it.
const fits = ({ name, phone }, typed) => {
  const digits = typed.replaceAll(/\D/g, '');
  const isPhone = digits.length >= 3 && digits.length === typed.replaceAll(/[\s+()-]/g, '').length;
  return ` ${plain(name)}`.includes(` ${plain(typed)}`) || (isPhone && (phone ?? '').replaceAll(/\D/g, '').includes(digits));
};

const find = async (chat, typed) => {
  // Of a new group nobody may be known yet.
  if (known?.chat !== chat || !known.members.length || performance.now() - known.at > FRESH) {
    known = { chat, at: performance.now(), members: await call('group_members', { chat }) };
  }
  const { members } = known;
  const isWhole = members.length < WHOLE || !typed;
  const among = isWhole ? members : await call('group_members', { chat, search: typed.trim() });
  return among.filter((member) => fits(member, typed)).slice(0, MOST);
};

// Shows the members for a name after "@" before the cursor of a field, or closes the list without one.
const offerMembers = async (field) => {
  const end = field.selectionStart;
  const typed = NAMED.exec(field.value.slice(Math.max(0, end - BEFORE), end))?.[1];
  const start = typed === undefined ? undefined : end - typed.length - 1;
  if (closed && (closed.field !== field || closed.start !== start)) closed = undefined;
  const chat = document.querySelector('form.composer')?.elements.chat.value;
  if (start === undefined || closed || !chat) {
    close();
    return;
  }
  const [page, found] = await Promise.all([groupParts(), find(chat, typed)]);
  // Something else may have been typed meanwhile.
  if (closed || field !== document.activeElement || field.selectionStart !== end) return;
  if (field.value.slice(start, end) !== `@${typed}`) return;
  if (found.length) show(page, field, found, typed.length + 1);
  else close();
};

export { offerMembers };
