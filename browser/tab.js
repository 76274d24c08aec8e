const focusComposer = () => document.querySelector('.composer textarea')?.focus();

// The listeners for the actions of messages and for the formatting of texts, and the player of voice notes, are
// scripts of their own, which come once the program runs.
const actions = async (program) => {
  const scripts = [import('./later/actions.js'), import('./later/format.js'), import('./later/player.js')];
  const [later, { format }, { defineVoiceNote }] = await Promise.all(scripts);
  Object.assign(globalThis.inbox, later);
  later.actions(program);
  format();
  defineVoiceNote();
  document.documentElement.dataset.actions = '';
};

// A browser may remember by its address that a script could not be loaded, so the next attempt has another.
let retried = '';

// So is the dialog for a new conversation. Without the script, the button leads to the page. While the
// server cannot be reached that would only lose this page, so another click tries again; the list says
// that the connection is lost.
const startNewChat = async (event) => {
  const opener = event.target;
  if (!opener.matches('form.new-chat')) return;
  event.preventDefault();
  try {
    const { newChat } = await import('./later/new-chat.js' + retried);
    await newChat(opener);
  } catch {
    retried = `?${Date.now()}`;
    if (navigator.onLine && document.documentElement.dataset.live !== 'down') opener.submit();
  }
};

// So are files: the dialog for sending them, the targets for those that are dragged here, the recorder, and
// what continues uploads. If such a script cannot be loaded, the page is of another version of the server, or
// the connection is down.
const hasUploads = () => localStorage.getItem(UPLOADS + user) !== null;

const continueUploads = () => import('./later/uploads.js');

const abandonUploads = async () => {
  if (hasUploads()) await (await continueUploads()).abandon();
};

const canAttach = () => document.querySelector('[data-attach]') && !document.querySelector('dialog[open]');

// Runs `work`, and shows above the composer that it failed.
const orSay = async (work) => {
  const composer = document.querySelector('.composer');
  composer.querySelector('.not-loaded')?.remove();
  try {
    await work();
  } catch (error) {
    console.error(error);
    const note = Object.assign(document.createElement('p'), { className: 'composer-note bad not-loaded', role: 'alert' });
    note.textContent = composer.dataset.failed;
    composer.prepend(note);
  }
};

const attachFiles = (files) => orSay(async () => (await import('./later/files.js')).attach(files));

const onTool = ({ target }) => {
  const tool = target.closest?.('[data-attach], [data-record]');
  if (!tool) return;
  if ('attach' in tool.dataset) attachFiles();
  else orSay(async () => (await import('./later/voice.js')).record(tool));
};

// Programs for texts and tables give a picture of what was copied beside its text.
const onPaste = (event) => {
  const { files, types } = event.clipboardData ?? {};
  if (!files?.length || types.includes('text/plain') || !canAttach()) return;
  event.preventDefault();
  attachFiles([...files]);
};

const onDrag = ({ dataTransfer }) => {
  if (!dataTransfer?.types.includes('Files') || !canAttach()) return;
  const items = Array.from(dataTransfer.items, ({ kind, type }) => ({ kind, type }));
  orSay(async () => (await import('./later/drop.js')).showTargets(items));
};

// A file that is dropped beside the targets must not replace the page.
const onDragOver = (event) => {
  if (!event.dataTransfer?.types.includes('Files') || !document.querySelector('.composer')) return;
  event.preventDefault();
};

// In a page this exports the functions for the program; in the worker it runs the hub.
if (globalThis.document) {
  globalThis.inbox = { follow, leave, compose, sent, hold, post, moreRows, actions, focusComposer };
  try {
    if (user) forgetOthers();
    if (user && (hasUploads() || document.querySelector('file-upload'))) continueUploads();
  } catch {
    // Storage is forbidden, so it is empty.
  }
  addEventListener('storage', ({ key, newValue }) => key === UPLOADS + user && newValue && continueUploads());
  document.addEventListener('click', onTool);
  document.addEventListener('paste', onPaste);
  document.addEventListener('dragenter', onDrag);
  document.addEventListener('dragover', onDragOver);
  document.addEventListener('drop', onDragOver);
  addEventListener('submit', logout);
  addEventListener('submit', startNewChat);
  addEventListener('pointerdown', onPress);
  addEventListener('pagehide', onHide);
  addEventListener('pageshow', onShow);
  document.addEventListener('visibilitychange', onVisibility);
  document.addEventListener('click', openGallery);
} else {
  const attachTab = hub();
  globalThis.onconnect = ({ ports: [tab] }) => attachTab(tab);
}
