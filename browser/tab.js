const focusComposer = () => document.querySelector('.composer textarea')?.focus();

// The listeners for the actions of messages, for the formatting of texts and for files, and the player of voice
// notes, are scripts of their own, which come once the program runs.
const actions = async (program) => {
  const [later, { format }, { tools }, { defineVoiceNote }] = await Promise.all([
    import('./later/actions.js'),
    import('./later/format.js'),
    import('./later/tools.js'),
    import('./later/voice/player.js'),
  ]);
  Object.assign(globalThis.inbox, later);
  later.actions(program);
  format();
  tools();
  defineVoiceNote();
  document.documentElement.dataset.actions = '';
};

// So is the dialog for a new conversation. Without the script, the button leads to the page. While the
// server cannot be reached that would only lose this page, so another click tries again; the list says
// that the connection is lost.
const startNewChat = async (event) => {
  const opener = event.target;
  if (!opener.matches('form.new-chat')) return;
  event.preventDefault();
  try {
    const { newChat } = await load('./later/new-chat.js');
    await newChat(opener);
  } catch {
    if (navigator.onLine && document.documentElement.dataset.live !== 'down') opener.submit();
  }
};

// So are the dialog for the timer of a conversation, the menu of what can be done with it, and the drawer about its
// person or its group. Without the script, and for a click that asks for another tab, the link leads to the page.
const openPage = async (event) => {
  const link = event.target.closest?.('a[data-timer], a[data-options], a[data-details]');
  if (!link || !isPlainClick(event)) return;
  event.preventDefault();
  try {
    if ('timer' in link.dataset) await (await load('./later/chat-timer.js')).chatTimer(link);
    else if ('options' in link.dataset) await (await load('./later/chat-options.js')).chatOptions(link);
    else if (link.pathname.endsWith('/grupo')) await (await load('./later/groups/group-data.js')).openGroup(link);
    else await (await load('./later/details.js')).details(link);
  } catch {
    if (navigator.onLine && document.documentElement.dataset.live !== 'down') location.assign(link.href);
  }
};

// So is what sends files. It is loaded at once where a flag or a bubble says that something is left to send.
const hasUploads = () => localStorage.getItem(UPLOADS + user) !== null;

const continueUploads = () => import('./later/uploads/uploads.js');

const abandonUploads = async () => {
  if (hasUploads()) await (await continueUploads()).abandon();
};

// In a page this exports the functions for the program; in the worker it runs the hub.
if (globalThis.document) {
  globalThis.inbox = { follow, leave, compose, sent, hold, load, post, moreRows, actions, focusComposer, isPlainClick };
  try {
    if (user) forgetOthers();
    if (user && (hasUploads() || document.querySelector('file-upload'))) continueUploads();
  } catch {
    // Storage is forbidden, so it is empty.
  }
  addEventListener('storage', ({ key, newValue }) => key === UPLOADS + user && newValue && continueUploads());
  addEventListener('submit', logout);
  addEventListener('submit', startNewChat);
  addEventListener('pointerdown', onPress);
  addEventListener('pagehide', onHide);
  addEventListener('pageshow', onShow);
  document.addEventListener('visibilitychange', onVisibility);
  document.addEventListener('click', openGallery);
  document.addEventListener('click', openPage);
} else {
  const attachTab = hub();
  globalThis.onconnect = ({ ports: [tab] }) => attachTab(tab);
}
