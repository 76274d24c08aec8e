// Drafts. What is typed in a composer is kept at once in this browser, under its author's name, and
// soon after on the server, which gives it to the author's other tabs. Once the server has it, the
// browser's own copy goes.
//
// Every version says when it was typed, in microseconds since 1970, and the latest counts: requests
// may overtake each other, and a tab that was offline may be late. What is being typed is never
// overwritten.

// How long after the first letter a draft is saved, and when again if that failed, in ms.
const SOON = 700;
const AGAIN = 5000;
// A field rests when nothing was typed for so long, in ms; then it shows what was typed elsewhere.
const REST = 2000;
// A browser sends so much, form-encoded, even when its page is left.
const OUTLIVES = 60000;

const user = globalThis.document?.querySelector('.app')?.dataset.user;
const asJson = { accept: 'application/json' };

// The newest version of each chat's draft, as the server told of it.
const told = new Map();
// The composer on show.
let field;
// A script's own change of a field is no typing.
let writing = false;

const now = () => (Date.now() + Number(document.documentElement.dataset.skew ?? 0)) * 1000;

const key = (chat) => `draft-${user}-${chat}`;

const stashed = (chat) => {
  try {
    return JSON.parse(localStorage.getItem(key(chat)));
  } catch {
    return null;
  }
};

const stash = (chat, text, at) => {
  try {
    localStorage.setItem(key(chat), JSON.stringify({ text, at }));
  } catch {
    // Storage may be full or forbidden; the server still has it soon.
  }
};

// Forgets this browser's copy unless it is newer.
const unstash = (chat, at) => {
  if (stashed(chat)?.at <= at) localStorage.removeItem(key(chat));
};

// Answers the version that counts now, null where the server refuses, or nothing where it is not
// reached.
const put = async (chat, text, at) => {
  const body = new URLSearchParams({ chat, text, at, user });
  const keepalive = String(body).length < OUTLIVES;
  try {
    const answer = await fetch('/api/save_draft', { method: 'POST', headers: asJson, body, keepalive });
    // There is no such chat for this user any more.
    if (answer.ok || answer.status === 404) unstash(chat, at);
    if (answer.ok) return await answer.json();
    return answer.status < 500 ? null : undefined;
  } catch {
    return undefined;
  }
};

const later = (of, wait) => {
  of.timer ||= setTimeout(save, wait, of);
};

const save = async (of) => {
  clearTimeout(of.timer);
  of.timer = 0;
  const { text, at } = of;
  of.busy += 1;
  const draft = await put(of.chat, text, at);
  of.busy -= 1;
  if (draft === undefined && of === field) later(of, AGAIN);
  if (!draft) return;
  const isNewest = draft.at <= at;
  // The server's clock counts, unless something was typed since.
  of.at = of.at === at ? draft.at : Math.max(of.at, draft.at + 1);
  if (isNewest) {
    if (draft.at >= of.knownAt) [of.known, of.knownAt] = [text, draft.at];
    adopt(of);
  } else if (of === field && of.text === text) {
    if (!draft.text || Date.now() - of.touched < AGAIN) {
      // Nothing stands against it, or it is being typed at this moment.
      of.at = Math.max(now(), draft.at + 1);
      save(of);
    } else {
      show(of, draft);
    }
  }
};

const write = (of, text) => {
  of.text = text;
  of.area.value = text;
  writing = true;
  of.area.dispatchEvent(new Event('input', { bubbles: true }));
  writing = false;
};

const show = (of, draft) => {
  of.at = of.knownAt = draft.at;
  of.known = draft.text;
  unstash(of.chat, draft.at);
  write(of, draft.text);
};

// Shows what was typed elsewhere, where nothing is being typed here.
const adopt = (of) => {
  const draft = told.get(of.chat);
  if (of !== field || !draft || draft.at <= of.at || of.text !== of.known) return;
  const rest = of.text === draft.text ? 0 : of.touched + REST - Date.now();
  if (rest > 0) setTimeout(adopt, rest, of);
  else if (of.text === draft.text) of.at = draft.at;
  else show(of, draft);
};

const hearDrafts = ({ drafts, all }) => {
  if (all) told.clear();
  for (const draft of drafts) told.set(String(draft.chat), draft);
  if (!field) return;
  // It was sent or deleted while this tab did not listen.
  if (all && !told.has(field.chat) && field.known) told.set(field.chat, { text: '', at: field.at + 1 });
  adopt(field);
};

const typed = (of) => {
  of.text = of.area.value;
  of.touched = Date.now();
  of.at = Math.max(now(), of.at + 1);
  stash(of.chat, of.text, of.at);
  later(of, SOON);
};

const compose = (area) => {
  flush();
  const { chat, at } = area.dataset;
  const known = area.defaultValue;
  const of = { area, chat, at: Number(at), known, knownAt: Number(at), text: known, busy: 0, touched: 0, timer: 0 };
  field = of;
  area.addEventListener('input', () => writing || typed(of));
  const kept = stashed(chat);
  if (area.value !== known) {
    // Typed before this was loaded.
    area.dispatchEvent(new Event('input', { bubbles: true }));
  } else if (kept?.at > of.at) {
    of.at = kept.at;
    write(of, kept.text);
    save(of);
  } else {
    unstash(chat, of.at);
    adopt(of);
  }
};

const sent = () => {
  const of = field;
  // The server empties the draft that was sent. Any other version has to be taken back.
  const differs = of.busy > 0 || (of.known !== '' && of.known !== of.text);
  clearTimeout(of.timer);
  of.timer = 0;
  of.at = Math.max(now(), of.at + 1);
  unstash(of.chat, of.at);
  write(of, '');
  if (differs) save(of);
  else of.known = '';
};

// Saves at once what waits to be.
const flush = () => (field?.timer ? save(field) : undefined);

// Saves what could not be saved before.
const retry = () => {
  if (field && field.text !== field.known && !field.busy) save(field);
  for (const name of Object.keys(localStorage)) {
    const chat = name.startsWith(key('')) && name.slice(key('').length);
    const kept = chat && chat !== field?.chat && stashed(chat);
    if (kept) put(chat, kept.text, kept.at);
  }
};

// Forgets all that this browser keeps, but what `keeps` says.
const forget = (keeps) => {
  for (const storage of [localStorage, sessionStorage]) {
    for (const name of Object.keys(storage)) if (!keeps(name)) storage.removeItem(name);
  }
};

// Only what belongs to the user of this page.
const forgetOthers = () => forget((name) => name.startsWith(key('')) || name === `unsent-${user}`);

// A logout leaves nothing of its user here. What waits to be saved is saved before.
const logout = async (event) => {
  const form = event.target;
  if (form.getAttribute('action') !== '/api/logout') return;
  event.preventDefault();
  await Promise.race([flush(), new Promise((resolve) => setTimeout(resolve, AGAIN))]);
  field = undefined;
  forget(() => false);
  form.submit();
};
