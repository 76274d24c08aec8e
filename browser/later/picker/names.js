// Emojis for a name that is typed after a colon, as in ":festa": a list beside the field, in which the arrow keys
// choose. Enter or Tab takes one, Escape closes the list until another name is begun.

import { replaceText } from '../insert.js';
import { choices, remember } from './choices.js';
import { emojiPage } from './emoji-page.js';
import { emojis, find, withTone } from './table.js';

// So many emojis are offered.
const MOST = 6;
// Distance from the field, in pixels.
const GAP = 6;

const ATTRIBUTES = ['aria-autocomplete', 'aria-controls', 'aria-activedescendant'];

// The open list: `{ element, field, found, at, length }`, the chosen one and the length of the typed name.
let list;
// The field and the beginning of the name for which the list was closed.
let closed;

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
    if (nth === list.at) list.field.setAttribute('aria-activedescendant', option.id);
  }
};

const take = (at) => {
  const { field, found, length } = list;
  const end = field.selectionStart;
  close();
  remember(found[at].emoji);
  replaceText(field, end - length, end, withTone(found[at], choices().tone));
};

const optionOf = (one, nth) => {
  const option = Object.assign(document.createElement('li'), { role: 'option', id: `emoji-name-${nth}` });
  const drawn = Object.assign(document.createElement('span'), { ariaHidden: 'true' });
  drawn.textContent = withTone(one, choices().tone);
  option.append(drawn, one.name);
  return option;
};

const show = (page, field, found, length) => {
  if (list?.field !== field) close();
  const element = list?.element ?? page.part('suggestions');
  list = { element, field, found, length, at: 0 };
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
    (field.closest('dialog') ?? document.body).append(element);
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

// Shows the emojis for a name with its colon before the cursor of a field, or closes the list without one.
const offerNames = async (field, name) => {
  const end = field.selectionStart;
  const start = name ? end - name.length : undefined;
  if (closed && (closed.field !== field || closed.start !== start)) closed = undefined;
  if (!name || closed) {
    close();
    return;
  }
  const [page, groups] = await Promise.all([emojiPage(), emojis()]);
  // Something else may have been typed meanwhile.
  if (field !== document.activeElement || field.selectionStart !== end || field.value.slice(start, end) !== name) return;
  const found = find(groups, name, MOST);
  if (!found.length) {
    close();
    return;
  }
  show(page, field, found, name.length);
  list.end = end;
};

export { offerNames };
