// Drafts. The text in a composer is stored at once in this browser, under its author's name, and
// soon after on the server, which sends it to the author's other tabs. Once the server has it, the
// browser's own copy is deleted.
//
// Every version carries the time of its typing, in microseconds since 1970, and the latest counts:
// requests may overtake each other, and a tab that was offline may be late. Text that is being
// typed is never overwritten.

// Time from the first letter to the save of a draft, and before a failed save is retried, in ms.
const SOON = 700;
const AGAIN = 5000;
// A field is idle after this time without typing, in ms; then it shows text from other tabs.
const REST = 2000;
// A request up to this size, form-encoded, is sent even when its page is left.
const OUTLIVES = 60000;

const user = globalThis.document?.querySelector('.app')?.dataset.user;
const asJson = { accept: 'application/json' };

// The newest version of each chat's draft that the server sent.
const serverDrafts = new Map();
// The visible composer.
let field;
// The script's own change of a field does not count as typing.
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
    // Storage may be full or forbidden; the server has the text soon anyway.
  }
};

// Deletes this browser's copy unless it is newer.
const unstash = (chat, at) => {
  if (stashed(chat)?.at <= at) localStorage.removeItem(key(chat));
};

// The people whom the text mentions, as `later/groups/mentions.js` writes them, are kept in this browser until it is
// sent.
const mentionsKey = (chat) => `mentions-${user}-${chat}`;

const recallMentions = ({ area, chat }) => {
  delete area.dataset.mentions;
  try {
    const kept = localStorage.getItem(mentionsKey(chat));
    if (kept) area.dataset.mentions = kept;
  } catch {
    // Storage is forbidden, so nothing was kept.
  }
};

const dropMentions = ({ area, chat }) => {
  if (!area.dataset.mentions) return;
  delete area.dataset.mentions;
  try {
    localStorage.removeItem(mentionsKey(chat));
  } catch {
    // Nothing was kept.
  }
};

// Returns the version that counts now, null if the server refuses, or undefined if it is
// unreachable.
const put = async (chat, text, at) => {
  const body = new URLSearchParams({ chat, text, at, user });
  const keepalive = String(body).length < OUTLIVES;
  try {
    const answer = await fetch('/api/save_draft', { method: 'POST', headers: asJson, body, keepalive });
    // The user has no such chat any more.
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
      // The server's draft is empty, or this text is being typed at this moment.
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

// Shows text from another tab, unless the user is typing here.
const adopt = (of) => {
  const draft = serverDrafts.get(of.chat);
  if (of !== field || !draft || draft.at <= of.at || of.text !== of.known) return;
  const rest = of.text === draft.text ? 0 : of.touched + REST - Date.now();
  if (rest > 0) setTimeout(adopt, rest, of);
  else if (of.text === draft.text) of.at = draft.at;
  else show(of, draft);
};

const onDrafts = ({ drafts, all }) => {
  if (all) serverDrafts.clear();
  for (const draft of drafts) serverDrafts.set(String(draft.chat), draft);
  if (!field) return;
  // The draft was sent or deleted while this tab had no stream.
  if (all && !serverDrafts.has(field.chat) && field.known) serverDrafts.set(field.chat, { text: '', at: field.at + 1 });
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
  recallMentions(of);
  area.addEventListener('input', () => writing || typed(of));
  const kept = stashed(chat);
  if (area.value !== known) {
    // The text was typed before this script was loaded.
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
  // The server deletes the draft that was sent. Any other version has to be overwritten.
  const differs = of.busy > 0 || (of.known !== '' && of.known !== of.text);
  clearTimeout(of.timer);
  of.timer = 0;
  of.at = Math.max(now(), of.at + 1);
  unstash(of.chat, of.at);
  dropMentions(of);
  write(of, '');
  if (differs) save(of);
  else of.known = '';
};

// Saves pending text at once.
const flush = () => (field?.timer ? save(field) : undefined);

// Retries saves that failed.
const retry = () => {
  if (field && field.text !== field.known && !field.busy) save(field);
  for (const name of Object.keys(localStorage)) {
    const chat = name.startsWith(key('')) && name.slice(key('').length);
    const kept = chat && chat !== field?.chat && stashed(chat);
    if (kept) put(chat, kept.text, kept.at);
  }
};

// The name of the database with files that are being sent, and of the flag that there are any. See
// `later/uploads/upload-store.js`.
const UPLOADS = 'uploads-';

// Deletes everything that this browser stores, except the names for which `keeps` is true.
const forget = (keeps) => {
  for (const storage of [localStorage, sessionStorage]) {
    for (const name of Object.keys(storage)) {
      if (keeps(name)) continue;
      storage.removeItem(name);
      if (name.startsWith(UPLOADS)) indexedDB.deleteDatabase(name);
    }
  }
};

// Keeps only the entries of the user of this page.
const forgetOthers = () => {
  const own = [`unsent-${user}`, `edits-${user}`, `speed-${user}`, `emojis-${user}`, UPLOADS + user];
  const begins = [key(''), mentionsKey(''), `reply-${user}-`];
  forget((name) => own.includes(name) || begins.some((begin) => name.startsWith(begin)));
};

// A logout deletes everything of its user here. Pending text is saved first, and files are given up.
const logout = async (event) => {
  const form = event.target;
  if (form.getAttribute('action') !== '/api/logout') return;
  event.preventDefault();
  // What is only in the memory of this page may keep it (`later/voice/voice.js`).
  if (!dispatchEvent(new Event('logout', { cancelable: true }))) return;
  const all = Promise.allSettled([flush(), abandonUploads()]);
  await Promise.race([all, new Promise((resolve) => setTimeout(resolve, AGAIN))]);
  field = undefined;
  forget(() => false);
  form.submit();
};
