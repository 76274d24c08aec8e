// The stream of events that the tabs of a browser share. Each tab gets the events after its own
// number, without gaps and without duplicates. The hub runs in a worker; in a browser without
// shared workers, each tab has a hub of its own.
//
// A tab gets `{ seq, data }` for an event, a boolean when the stream connects or disconnects, null
// when it was refused, and undefined when the tab is further behind than the backlog and has to
// load again.

// The number of events that are kept for tabs that come late.
const BACKLOG = 500;
// While all tabs are hidden, the unread count in their titles is polled at this interval, in ms.
const ASK = 60000;

const hub = () => {
  // The last number that each tab has; null while it sleeps.
  const tabs = new Map();
  let source;
  // The user of these tabs.
  let tabsUser;
  let up = false;
  // Everything after this number is in the backlog.
  let floor = Infinity;
  // The last number that the hub has.
  let last = 0;
  let backlog = [];
  // The newest of each event without a number: the stream does not repeat those.
  let latest = new Map();

  const isAwake = ([, has]) => has !== null;

  const sendLink = (what) => {
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

  const onEvent = ({ data }) => {
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
    // Events that were kept while no tab was listening help tabs that were here before.
    if (after < floor || after > last) {
      floor = last = after;
      backlog = [];
    }
    latest = new Map();
    source = new EventSource(`/live?after=${last}&user=${user}`);
    source.onmessage = onEvent;
    source.onopen = () => {
      // A stream begins with all of these; one that is missing there is gone.
      latest = new Map();
      sendLink((up = true));
    };
    source.onerror = () => {
      up = false;
      // Otherwise the browser reconnects by itself.
      const isOver = source.readyState === EventSource.CLOSED;
      if (isOver) close();
      sendLink(isOver ? null : false);
    };
  };

  const join = (port, { after, user }) => {
    tabsUser = user;
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
      const body = new URLSearchParams({ user: tabsUser });
      const answer = await fetch('/api/unread', { method: 'POST', headers: { accept: 'application/json' }, body });
      if (!answer.ok) return;
      const data = JSON.stringify({ seq: null, event: { unread: { numbers: await answer.json() } } });
      for (const [port, has] of tabs) if (has === null) port.postMessage({ data });
    } catch {
      // The next poll may succeed.
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
