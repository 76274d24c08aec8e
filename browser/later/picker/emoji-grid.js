// The emojis of the picker: search, groups, tones of skin, and the grid with its keys.

import { chooseTone, choices, remember } from './choices.js';
import { find, withTone } from './table.js';

// So many emojis are found by a search.
const MOST = 96;

// The groups of the template, in the order of the table after those that were used last.
const FIRST = 1;

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

// Returns the cell in the next row, by 1 or -1, that is nearest to the column of another.
const inNextRow = (cells, from, step) => {
  const { offsetLeft, offsetTop } = cells[from];
  const far = (cell) => Math.abs(cell.offsetLeft - offsetLeft);
  let nearest;
  for (let at = from + step; cells[at]; at += step) {
    const cell = cells[at];
    if (cell.offsetTop === offsetTop) continue;
    if (nearest && cell.offsetTop !== nearest.offsetTop) break;
    if (!nearest || far(cell) < far(nearest)) nearest = cell;
  }
  return nearest;
};

// Fills `panel`, which is the part `emojis` of the page. `onPick` gets an emoji, and true if a key chose it.
const fillEmojis = (panel, page, groups, onPick) => {
  const slot = (name) => panel.querySelector(`[data-slot=${name}]`);
  const [search, grid, found, none] = [slot('search'), slot('grid'), slot('found'), slot('none')];
  const sections = [...grid.querySelectorAll('[data-group]')];
  const links = [...panel.querySelectorAll('[data-to]')];
  const byEmoji = new Map(groups.flat().map((one) => [one.emoji, one]));
  let { recent, tone } = choices();

  const cellOf = (one) => {
    const cell = document.createElement('button');
    Object.assign(cell, { type: 'button', tabIndex: -1, ariaLabel: one.name, title: one.name });
    cell.dataset.emoji = one.emoji;
    cell.textContent = withTone(one, tone);
    return cell;
  };

  const fill = (list, all) => list.replaceChildren(...all.map(cellOf));

  const cells = () => [...grid.querySelectorAll('section:not([hidden]) [data-emoji]')];

  // Tab leads to one cell of the grid.
  const enterAt = (cell) => {
    for (const other of grid.querySelectorAll('[data-emoji][tabindex="0"]')) other.tabIndex = -1;
    if (cell) cell.tabIndex = 0;
  };

  const show = () => {
    const query = search.value.trim();
    const all = find(groups, query, MOST);
    fill(found.querySelector('div'), all);
    found.hidden = !query;
    for (const [nth, section] of sections.entries()) section.hidden = Boolean(query) || (nth < FIRST && !recent.length);
    none.textContent = query && !all.length ? page.say('none') : '';
    panel.classList.toggle('searching', Boolean(query));
    grid.scrollTop = 0;
    enterAt(cells()[0]);
    mark();
  };

  // Marks the group that is at the top of the grid.
  const mark = () => {
    const shown = sections.filter((section) => !section.hidden);
    // Before it is on the page nothing has a place.
    const top = shown.findLast(({ offsetTop }) => offsetTop && offsetTop <= grid.scrollTop + 8) ?? shown[0];
    for (const link of links) {
      if (link.dataset.to === top?.dataset.group) link.setAttribute('aria-current', 'true');
      else link.removeAttribute('aria-current');
    }
  };

  const pick = (cell, isByKey) => {
    const one = byEmoji.get(cell.dataset.emoji);
    remember(one.emoji);
    onPick(withTone(one, tone), isByKey);
  };

  const focus = (cell) => {
    enterAt(cell);
    cell.focus();
  };

  const onSearchKey = (event) => {
    const [first] = cells();
    if (event.isComposing || !first) return;
    if (event.key === 'ArrowDown') focus(first);
    else if (event.key === 'Enter' && search.value.trim()) pick(first, true);
    else return;
    event.preventDefault();
  };

  const onGridKey = (event) => {
    const { key, target, altKey, ctrlKey, metaKey } = event;
    const all = cells();
    const from = all.indexOf(target);
    if (from < 0 || altKey || ctrlKey || metaKey) return;
    let next;
    if (STEPS[key]) next = all[from + STEPS[key]];
    else if (key === 'ArrowDown') next = inNextRow(all, from, 1);
    else if (key === 'ArrowUp') next = inNextRow(all, from, -1) ?? search;
    else if (key === 'Home') [next] = all;
    else if (key === 'End') next = all.at(-1);
    // Letters search. The key itself goes to the field.
    else if ([...key].length === 1 && key !== ' ') return search.focus();
    else return;
    event.preventDefault();
    if (next === search) search.focus();
    else if (next) focus(next);
  };

  for (const [nth, section] of sections.entries()) {
    const all = nth < FIRST ? recent.map((emoji) => byEmoji.get(emoji)).filter(Boolean) : groups[nth - FIRST];
    fill(section.querySelector('div'), all);
  }
  for (const link of links) link.hidden = !recent.length && link.dataset.to === sections[0].dataset.group;
  slot('tones').querySelector(`[value="${tone}"]`).checked = true;

  search.addEventListener('input', show);
  search.addEventListener('keydown', onSearchKey);
  panel.addEventListener('keydown', (event) => {
    // In a field, also for a tone, it would send the message of the composer.
    if (event.key === 'Enter' && event.target.matches('input')) event.preventDefault();
  });
  grid.addEventListener('keydown', onGridKey);
  grid.addEventListener('scroll', mark, { passive: true });
  grid.addEventListener('click', ({ target, detail }) => {
    const cell = target.closest('[data-emoji]');
    if (cell) pick(cell, detail === 0);
  });
  panel.addEventListener('click', ({ target }) => {
    const link = target.closest('[data-to]');
    if (!link) return;
    search.value = '';
    show();
    grid.scrollTop = sections.find((section) => section.dataset.group === link.dataset.to).offsetTop;
  });
  slot('tones').addEventListener('change', ({ target }) => {
    tone = Number(target.value);
    chooseTone(tone);
    for (const cell of grid.querySelectorAll('[data-emoji]')) {
      const one = byEmoji.get(cell.dataset.emoji);
      if (one.hasTones) cell.textContent = withTone(one, tone);
    }
  });
  show();
  return search;
};

export { fillEmojis };
