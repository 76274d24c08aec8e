// In a page this exports the functions for the program; in the worker it runs the hub.
if (globalThis.document) {
  globalThis.inbox = { follow, leave, compose, sent, hold, post, moreRows, actions, popup, flash, focusOn, enterEditor, focusComposer, copyText };
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
