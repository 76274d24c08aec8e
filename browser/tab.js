const focusComposer = () => document.querySelector('.composer textarea')?.focus();

// The listener for the actions of messages is a script of its own, which comes once the program runs.
const actions = async (program) => {
  const later = await import('./later/actions.js');
  Object.assign(globalThis.inbox, later);
  later.actions(program);
  document.documentElement.dataset.actions = '';
};

// In a page this exports the functions for the program; in the worker it runs the hub.
if (globalThis.document) {
  globalThis.inbox = { follow, leave, compose, sent, hold, post, moreRows, actions, focusComposer };
  try {
    if (user) forgetOthers();
  } catch {
    // Storage is forbidden, so it is empty.
  }
  addEventListener('submit', logout);
  addEventListener('pagehide', onHide);
  addEventListener('pageshow', onShow);
  document.addEventListener('visibilitychange', onVisibility);
} else {
  const attachTab = hub();
  globalThis.onconnect = ({ ports: [tab] }) => attachTab(tab);
}
