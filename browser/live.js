// A tab's end of the stream. See `hub.js`.

// A hidden tab gives up the stream after this time in ms. The time is short if the tab has a stream
// of its own, since there are only six connections for all tabs.
const NAP = 300000;
const NAP_ALONE = 5000;

let port;
let isShared = false;
let isAsleep = false;
let nap = 0;
// The last event that this tab has.
let seen = 0;
// The program's callback.
let emit;

// Goes to the login, which leads back to this page.
const leave = () => {
  const here = encodeURIComponent(location.pathname + location.search);
  location.assign(`/entrar?next=${here}`);
};

// The stream ended. The user may be logged out, or another may be logged in.
const checkSession = async () => {
  try {
    const answer = await fetch('/api/me', { method: 'POST', headers: asJson });
    if (answer.status === 401) {
      leave();
      return;
    }
    if (answer.ok && String((await answer.json()).id) !== user) {
      location.reload();
      return;
    }
  } catch {
    // The server is down; the program retries.
  }
  setTimeout(() => emit(), 1000);
};

const linkIs = (state) => {
  document.documentElement.dataset.live = state;
};

// When there are many tabs, only their icons are visible.
const showUnread = (any) => {
  document.querySelector('link[rel=icon]').href = `/pkg/favicon${any ? '-unread' : ''}.svg`;
};

const receive = ({ data: what }) => {
  if (what === undefined) {
    emit();
  } else if (what === null) {
    checkSession();
  } else if (typeof what === 'boolean') {
    linkIs(what ? 'up' : 'down');
    if (what) {
      retry();
      dispatchEvent(new Event('live'));
    }
    emit(what);
  } else {
    const { seq, data } = what;
    if (seq) seen = seq;
    const { drafts, unread } = /"(drafts|unread)"/.test(data) ? JSON.parse(data).event : {};
    if (drafts) onDrafts(drafts);
    if (unread) showUnread(unread.numbers.length > 0);
    emit(data);
    // Scripts that show something of their own read it too.
    dispatchEvent(new CustomEvent('live-event', { detail: data }));
  }
};

const join = () => port.postMessage({ after: seen, user });

const attach = (to) => {
  port = to;
  port.onmessage = receive;
  join();
};

const alone = () => {
  const { port1, port2 } = new MessageChannel();
  hub()(port2);
  isShared = false;
  attach(port1);
};

const connect = () => {
  try {
    const worker = new SharedWorker(import.meta.url, { type: 'module', name: `live-${user}` });
    worker.onerror = alone;
    isShared = true;
    attach(worker.port);
  } catch {
    alone();
  }
};

const follow = (after, program) => {
  seen = after;
  emit = program;
  if (port) join();
  else connect();
  // The tab was opened in the background.
  if (document.hidden) onVisibility();
};

const sleep = () => {
  isAsleep = true;
  linkIs('asleep');
  port.postMessage('sleep');
};

const onVisibility = () => {
  clearTimeout(nap);
  if (document.hidden) {
    flush();
    if (port) nap = setTimeout(sleep, isShared ? NAP : NAP_ALONE);
  } else if (isAsleep) {
    isAsleep = false;
    // The user may have lost access meanwhile, and no event repeats that.
    emit();
  }
};

const onHide = () => {
  flush();
  port?.postMessage('leave');
};

const onShow = (event) => {
  if (event.persisted && port) join();
};
