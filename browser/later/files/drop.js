// The targets for files that are dragged over the conversation: as pictures, or as documents. Choosing costs
// nothing at that moment.

import { sendFilesPage } from '../send-files.js';

let shown;

const hide = () => {
  shown?.remove();
  shown = undefined;
};

const isShownInChat = ({ kind, type }) => kind === 'file' && /^(image|video)\//.test(type);

const listen = (targets, attach) => {
  // Children report leaving too; the last element that was entered counts.
  let entered;
  const over = (element) => {
    for (const target of targets.children) target.classList.toggle('over', target.contains(element));
  };
  const onEnter = ({ target }) => {
    entered = target;
    over(target);
  };
  const onLeave = ({ target }) => {
    if (target === entered) close();
  };
  const onDrop = (event) => {
    event.preventDefault();
    const target = event.target.closest?.('[data-drop]');
    const files = [...event.dataTransfer.files];
    close();
    if (target && files.length) attach(files, { asDocument: target.dataset.drop === 'documents' });
  };
  const listeners = { dragenter: onEnter, dragleave: onLeave, drop: onDrop, dragend: () => close() };
  const close = () => {
    for (const [name, listener] of Object.entries(listeners)) document.removeEventListener(name, listener);
    hide();
  };
  for (const [name, listener] of Object.entries(listeners)) document.addEventListener(name, listener);
};

// Shows them until the files are dropped or taken away. `items` are those of the drag, and `attach` gets its files.
const showTargets = async (items, attach) => {
  if (shown) return;
  // They may be gone before the words have come.
  let isOver = false;
  const end = ({ relatedTarget, type }) => {
    isOver ||= type === 'drop' || !relatedTarget;
  };
  const listening = new AbortController();
  for (const name of ['dragleave', 'drop']) document.addEventListener(name, end, { signal: listening.signal });
  const page = await sendFilesPage().finally(() => listening.abort());
  const conversation = document.querySelector('.conversation');
  if (isOver || shown || !conversation) return;
  shown = page.part('drop');
  const hasPictures = items.some(isShownInChat);
  for (const name of hasPictures ? ['files'] : ['pictures', 'documents']) {
    shown.querySelector(`[data-drop=${name}]`).remove();
  }
  conversation.append(shown);
  listen(shown, attach);
};

export { showTargets };
