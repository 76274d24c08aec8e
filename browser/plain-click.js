// Returns true for a click that asks for no other tab or window.
const isPlainClick = ({ button, ctrlKey, metaKey, shiftKey, altKey }) =>
  !(button || ctrlKey || metaKey || shiftKey || altKey);
