// In a page, what the program calls; in the worker, the hub.
if (globalThis.document) {
  globalThis.inbox = { follow, leave, compose, sent, hold, post, moreRows };
  try {
    if (user) forgetOthers();
  } catch {
    // Storage is forbidden, so there is nothing in it.
  }
  addEventListener('submit', logout);
  addEventListener('pagehide', onHide);
  addEventListener('pageshow', onShow);
  document.addEventListener('visibilitychange', onVisibility);
} else {
  const attachTab = hub();
  globalThis.onconnect = ({ ports: [tab] }) => attachTab(tab);
}
