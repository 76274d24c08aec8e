// What the tabs of a browser share: one stream of events, given to each from its own number on,
// without gaps and without doubles. It runs in a worker; where a browser has none that tabs can
// share, each tab has a hub of its own.
//
// A tab gets `{ seq, data }` for an event, a boolean when the stream comes or goes, null when it was
// refused, and undefined when the tab is further behind than is kept here and has to load again.

// So many events are kept for tabs that come late.
const BACKLOG = 500;
// Nobody looks at any tab: its title is kept true by asking, so often, in ms.
const ASK = 60000;

const hub = () => {
  // The last number that each tab has; null while it sleeps.
  const tabs = new Map();
  let source;
  // The user of these tabs.
  let who;
  let up = false;
  // Everything after this number is in the backlog.
  let floor = Infinity;
  // The last number that the hub has.
  let last = 0;
  let backlog = [];
  // The newest of each event without a number: such are not repeated.
  let latest = new Map();

  const isAwake = ([, has]) => has !== null;

  const tellLink = (what) => {
    for (const [port] of [...tabs].filter(isAwake)) port.postMessage(what);
  };

  const close = () => {
    source?.close();
    source = undefined;
    up = false;
  };

  const keep = (kind, value, data) => {
    let name = kind[0];
    if (kind === 'drafts') {
      if (value.all) for (const old of [...latest.keys()]) old.startsWith(name) && latest.delete(old);
      else name += value.drafts[0].chat;
    } else if (kind !== 'unread') {
      name += value.connection.id ?? value.connection;
    }
    latest.delete(name);
    latest.set(name, data);
  };

  const hear = ({ data }) => {
    const { seq, event } = JSON.parse(data);
    const isResync = event === 'resync';
    const kind = isResync ? event : Object.keys(event)[0];
    if (seq) last = seq;
    if (isResync) {
      floor = seq;
      backlog = [];
    } else if (seq) {
      if (backlog.push([seq, data]) > BACKLOG) [floor] = backlog.shift();
    } else if (kind !== 'typing') {
      keep(kind, event[kind], data);
    }
    for (const [port, has] of tabs) {
      if (has === null) {
        if (kind === 'unread') port.postMessage({ data });
      } else if (isResync || !seq || seq > has) {
        port.postMessage({ seq, data });
        if (seq) tabs.set(port, seq);
      }
    }
  };

  const open = (after, user) => {
    // What was kept while nobody listened helps those who were here before.
    if (after < floor || after > last) {
      floor = last = after;
      backlog = [];
    }
    latest = new Map();
    source = new EventSource(`/live?after=${last}&user=${user}`);
    source.onmessage = hear;
    source.onopen = () => tellLink((up = true));
    source.onerror = () => {
      up = false;
      // Otherwise the browser is reconnecting by itself.
      const isOver = source.readyState === EventSource.CLOSED;
      if (isOver) close();
      tellLink(isOver ? null : false);
    };
  };

  const join = (port, { after, user }) => {
    who = user;
    if (source && after < floor) {
      if ([...tabs].some((tab) => tab[0] !== port && isAwake(tab))) {
        port.postMessage(undefined);
        return;
      }
      close();
    }
    tabs.set(port, after);
    if (!source) open(after, user);
    for (const [seq, data] of backlog) {
      if (seq > after) {
        port.postMessage({ seq, data });
        tabs.set(port, seq);
      }
    }
    for (const data of latest.values()) port.postMessage({ data });
    port.postMessage(up);
  };

  const ask = async () => {
    if (source || !tabs.size) return;
    try {
      const body = new URLSearchParams({ user: who });
      const answer = await fetch('/api/unread', { method: 'POST', headers: { accept: 'application/json' }, body });
      if (!answer.ok) return;
      const data = JSON.stringify({ seq: null, event: { unread: { numbers: await answer.json() } } });
      for (const [port, has] of tabs) if (has === null) port.postMessage({ data });
    } catch {
      // The next time, perhaps.
    }
  };
  setInterval(ask, ASK);

  return (port) => {
    port.onmessage = ({ data }) => {
      if (data.after !== undefined) {
        join(port, data);
        return;
      }
      if (data === 'sleep') tabs.set(port, null);
      else tabs.delete(port);
      if (![...tabs].some(isAwake)) close();
    };
  };
};
