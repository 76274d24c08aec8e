// The queue of files that this user sends from this browser: sends their bytes, and knows how far they are.
//
// One tab at a time sends the bytes, where the browser has locks. Without them the server lets one tab at a
// time write. The other tabs get the progress, and take over when that tab is closed.

import { Failure, append, begin, cancel, progressOf } from './tus.js';
import { NAME, all, fileOf, remove, tidy, update } from './upload-store.js';

// Bytes of one request, at most `CHUNK` of `model::file_limits`.
const PART = 4 * 1024 * 1024;
// Files that are sent at the same time, of different chats.
const LANES = 2;
// The first and the longest pause before a request is repeated, in ms.
const PAUSE = 1000;
const LONGEST = 30000;
// The error of an upload whose file the browser does not have any more.
const GONE = 'gone_here';

// What is known of each message: `{ sent, size, problem }`.
const states = new Map();
const watchers = new Set();
const channel = globalThis.BroadcastChannel && new BroadcastChannel(NAME);

const note = (message, state) => {
  if (state) states.set(message, state);
  else states.delete(message);
  for (const watcher of watchers) watcher(message, state);
};

const report = ({ message, size }, sent, problem = '') => {
  if (!message) return;
  const state = { sent: sent ?? states.get(message)?.sent ?? 0, size, problem };
  note(message, state);
  channel?.postMessage({ message, state });
};

// Calls `watcher` with every message whose state changes, and the state.
const watch = (watcher) => {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
};

// Pauses end early when the network is back, or when the user is impatient.
const pauses = new Set();
const pause = (time) =>
  new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      pauses.delete(end);
      done();
    };
    const timer = setTimeout(end, time);
    pauses.add(end);
  });

// The upload is over, however it ended.
const forget = async ({ id, message }) => {
  fresh.delete(id);
  await remove(id);
  if (!message) return;
  note(message);
  channel?.postMessage({ message });
};

const hurry = () => {
  for (const end of [...pauses]) end();
};

// Uploads that are not sent now: they are just being added, or the browser has lost their files.
const held = new Set();
// Chats of which a file is being sent. Files of a chat go one after another, and stay in order.
const busy = new Set();
// What ends the request of a message.
const stops = new Map();
// Bytes that the server has of uploads that just began, by id.
const fresh = new Map();

// Creates the message of an upload.
const start = async (upload) => {
  const { id, at, message, title, isCancelled, ...description } = upload;
  const begun = await begin({ ...description, wa_id: id });
  upload.message = String(begun.message);
  fresh.set(id, begun.received);
  await update(upload);
  report(upload, begun.received);
};

// The file may have been changed or deleted since it was chosen.
const partOf = async (file, from, size) => {
  const part = await file?.slice(from, from + PART).arrayBuffer().catch(() => undefined);
  if (part?.byteLength !== Math.min(PART, size - from)) throw new Failure(0, GONE);
  return part;
};

// Sends everything that the server does not have. The last part ends the upload, even if it is empty.
const transfer = async (upload, signal) => {
  const { id, message, size } = upload;
  const file = await fileOf(id);
  let sent = fresh.get(id) ?? (await progressOf(message)).sent;
  fresh.delete(id);
  do {
    report(upload, sent);
    const part = await partOf(file, sent, size);
    sent = await append(message, part, sent, (now) => report(upload, now), signal);
  } while (sent < size);
  report(upload, sent);
};

// Returns true if the server still waits for a file that it refuses, or a proxy before it. Otherwise its message
// has failed and states why.
const isWaiting = async ({ message }, { cause }) =>
  !message || (cause === 'refused' && (await cancel(message).then(() => true, () => false)));

// Of a message that is not its author's to send any more the server says no more than that there is none, as of one
// that was cancelled. The request for the message tells which: its response is returned, or the failure itself.
const reasonOf = async (upload, failure) => {
  if (failure.status !== 404 || !upload.message || upload.isCancelled) return failure;
  return start(upload).then(() => new Failure(423), (asked) => asked);
};

// Sends one file, however often the connection is lost. Returns the failure if the server refused it and nothing
// in the conversation states why.
const insist = async (upload, stop) => {
  let reached = 0;
  for (let wait = PAUSE; ; wait = Math.min(2 * wait, LONGEST)) {
    try {
      if (!upload.message) await start(upload);
      stops.set(upload.message, stop);
      if (upload.isCancelled) await cancel(upload.message);
      else await transfer(upload, stop.signal);
      await forget(upload);
      return undefined;
    } catch (failure) {
      if (stop.signal.aborted) return undefined;
      if (!(failure instanceof Failure)) throw failure;
      const reason = await reasonOf(upload, failure);
      const { cause, error } = reason;
      if (error === GONE) {
        held.add(upload.id);
        report(upload, undefined, 'gone');
        return undefined;
      }
      if (cause === 'over' || cause === 'refused') {
        const isUntold = (reason !== failure && reason.status === 404) || (await isWaiting(upload, reason));
        await forget(upload);
        return isUntold ? reason : undefined;
      }
      const isQuick = cause === 'again';
      report(upload, undefined, isQuick ? '' : cause);
      const sent = states.get(upload.message)?.sent ?? 0;
      if (isQuick || sent > reached) wait = PAUSE;
      reached = sent;
      await pause(wait);
      if (stop.signal.aborted) return undefined;
    }
  }
};

const deliver = async (upload) => {
  const stop = new AbortController();
  try {
    return await insist(upload, stop);
  } finally {
    if (stops.get(upload.message) === stop) stops.delete(upload.message);
  }
};

const next = async () => {
  const isFree = ({ id, chat }) => !held.has(id) && !busy.has(chat);
  const upload = (await all()).find(isFree);
  // Two lanes must not take the same one: nothing is awaited between the choice and this.
  if (upload) busy.add(upload.chat);
  return upload;
};

// Called with uploads that the server refuses, and its failure.
let onRefused;
const whenRefused = (listener) => {
  onRefused = listener;
};

const lanes = new Set();
const lane = async () => {
  for (let upload = await next(); upload; upload = await next()) {
    try {
      const failure = await deliver(upload);
      if (failure) onRefused?.(upload, failure);
    } finally {
      busy.delete(upload.chat);
    }
  }
};

const fillLanes = () => {
  while (lanes.size < LANES) {
    const one = lane().finally(() => lanes.delete(one));
    lanes.add(one);
  }
};

let isAsked = false;
let isWorking = false;

// Sends what there is to send, here or in the tab that is at it; then this one waits to take over.
const run = () => {
  if (isWorking) fillLanes();
  if (isAsked) return;
  isAsked = true;
  const work = async () => {
    isWorking = true;
    fillLanes();
    while (lanes.size) await Promise.allSettled([...lanes]);
    isWorking = false;
    isAsked = false;
    await tidy();
  };
  // Locks exist only behind TLS and on this machine.
  if (navigator.locks) navigator.locks.request(NAME, work);
  else work();
};

const stopHere = (message) => {
  stops.get(message)?.abort();
  // It may be in a pause.
  hurry();
};

// Stops the request of a message in all tabs.
const stop = (message) => {
  stopHere(message);
  channel?.postMessage({ stop: message });
};

const hold = ({ id }) => held.add(id);

const release = (upload) => {
  held.delete(upload.id);
  report(upload);
};

const announce = () => channel?.postMessage({ isNew: true });

if (channel) {
  channel.onmessage = ({ data }) => {
    if (data.message) {
      // That tab sends it, so what this one knew of its beginning is old.
      fresh.clear();
      note(data.message, data.state);
    }
    if (data.stop) stopHere(data.stop);
    if (data.isNew) run();
  };
}
addEventListener('online', hurry);
// The stream of events is back (`live.js`), and so is the server.
addEventListener('live', hurry);

export { announce, deliver, hold, hurry, note, release, run, start, states, stop, watch, whenRefused };
