// Bold, italic and struck letters in the fields for messages, by Ctrl+B, Ctrl+I and Ctrl+Shift+X, on a Mac with the
// command key.

import { FIELDS, replaceText } from './insert.js';
import { writing } from './writing.js';

// The markers of WhatsApp, by their key, and those that need Shift.
const MARKERS = { b: '*', i: '_' };
const MARKERS_WITH_SHIFT = { x: '~' };

const isMac = /^(Mac|iP)/.test(navigator.platform);

// Puts the markers around the words of a line, or removes them. No style crosses the end of a line, and
// no marker stands beside a space.
const toggleLine = (line, marker) => {
  const words = line.trim();
  if (!words) return line;
  const within = words.slice(1, -1);
  const isMarked = within && words === marker + within + marker && !within.includes(marker);
  return line.replace(words, () => (isMarked ? within : marker + words + marker));
};

const toggle = (area, marker) => {
  const { value, selectionStart: start, selectionEnd: end } = area;
  const selected = value.slice(start, end);
  const isBetween = value[start - 1] === marker && value[end] === marker && selected === selected.trim();
  if (isBetween) {
    replaceText(area, start - 1, end + 1, selected);
    area.setSelectionRange(start - 1, end - 1);
  } else if (selected.trim()) {
    const lines = selected.split('\n').map((line) => toggleLine(line, marker));
    const text = lines.join('\n');
    replaceText(area, start, end, text);
    area.setSelectionRange(start, start + text.length);
  } else {
    replaceText(area, end, end, marker + marker);
    area.setSelectionRange(end + 1, end + 1);
  }
};

const onKey = (event) => {
  const { target, key, altKey, ctrlKey, metaKey, shiftKey, isComposing } = event;
  const marker = (shiftKey ? MARKERS_WITH_SHIFT : MARKERS)[key?.toLowerCase()];
  const isCommand = isMac ? metaKey && !ctrlKey : ctrlKey && !metaKey;
  if (!marker || !isCommand || altKey || isComposing || !target.matches(FIELDS)) return;
  // Firefox opens its bookmarks or the data of the page.
  event.preventDefault();
  if (!target.readOnly) toggle(target, marker);
};

const explain = (area) => {
  if (!area?.matches(FIELDS)) return;
  const command = isMac ? 'Meta' : 'Control';
  area.setAttribute('aria-keyshortcuts', `${command}+B ${command}+I ${command}+Shift+X`);
  if (isMac) area.title = area.title.replaceAll('Ctrl+', '⌘');
};

const format = () => {
  document.body.addEventListener('keydown', onKey);
  document.body.addEventListener('focusin', ({ target }) => explain(target));
  explain(document.activeElement);
  writing();
};

export { format };
