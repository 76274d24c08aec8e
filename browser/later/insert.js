// Text that a script types into a field for messages.

// Fields for messages: the composer, the editor of a message, and the captions of files.
const FIELDS = '.composer textarea, .edit textarea, .slide textarea';

// Fields that had the focus. The cursor of any other is before its text, where nobody has put it.
const entered = new WeakSet();

const onFocus = (field) => field?.matches?.(FIELDS) && entered.add(field);
document.addEventListener('focusin', ({ target }) => onFocus(target));
onFocus(document.activeElement);

// Replaces a part of a field as if it were typed: it can be undone while the field has the focus, and the field
// reports its input.
const replaceText = (field, start, end, text) => {
  field.setSelectionRange(start, end);
  const command = text ? ['insertText', false, text] : ['delete'];
  if (field === document.activeElement && document.execCommand(...command)) return;
  field.setRangeText(text, start, end, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
};

// Types a text at the cursor of a field, in place of what is selected.
const insertText = (field, text) => {
  const { value, selectionStart, selectionEnd } = field;
  const [start, end] = entered.has(field) ? [selectionStart, selectionEnd] : [value.length, value.length];
  replaceText(field, start, end, text);
};

export { FIELDS, insertText, replaceText };
