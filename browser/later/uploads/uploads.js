// Files that this user sends from this browser. A file is stored in the browser first, then its message is
// created, then its bytes are sent (`upload-queue.js`); the bubble of the message shows how far they are
// (`file-upload.js`). What a closed or reloaded page has left is continued when this script is loaded.

import { newId } from '../new-id.js';
import { notice } from '../notice.js';
import { reduce } from '../prepare/reduce.js';
import { sendFilesPage } from '../send-files.js';
import { shownName } from '../written.js';
import { defineFileUpload } from './file-upload.js';
import { Failure, cancel as cancelThere, progressOf } from './tus.js';
import {
  announce,
  deliver,
  hold,
  hurry,
  note,
  release,
  run,
  start,
  states,
  stop,
  watch,
  whenRefused,
} from './upload-queue.js';
import { all, fileOf, isFragile, put, remove, update } from './upload-store.js';

// The words for errors of the server.
const REFUSALS = {
  closed: 'refused_closed',
  not_found: 'refused_write',
  replaced: 'refused_replaced',
  too_large: 'refused_large',
};

const base64 = async (blob) => btoa(String.fromCharCode(...new Uint8Array(await blob.arrayBuffer())));

const whole = (number) => (Number.isFinite(number) ? Math.round(number) : undefined);

const tellRefusal = async (upload, failure) => {
  const { say } = await sendFilesPage();
  const why = say(REFUSALS[failure.error] ?? 'refused_why');
  // A voice note has no name.
  const name = shownName(upload.name ?? upload.title ?? say('audio'));
  await notice(say('refused', { name, why }));
};

// Without the words the file is refused all the same.
const onRefused = (upload, failure) => tellRefusal(upload, failure).catch(console.error);

const tellDelay = async (cause) => {
  const { say } = await sendFilesPage();
  const words = say(cause === 'lost_connection' ? 'offline' : cause);
  if (words) await notice(words);
};

let lastAt = 0;
// The message that is being created. Its bubble may come before the response.
let starting = Promise.resolve();

// Returns true if an older file of the same conversation waits for its message: they stay in order.
const isBehind = async ({ chat, at }) => (await all()).some((one) => one.chat === chat && one.at < at && !one.message);

// Sends a file: `file` is a Blob, `kind` is image, video, audio, voice, document or sticker, `preview` a small JPEG as a
// Blob, `waveform` its hexadecimal digits, `title` its name for people if the message has none.
// Returns true once the message exists or will exist later, and false if the server refuses it; a notice states
// the cause of both.
const enqueue = async ({ file, chat, replyTo, seconds, preview, ...more }) => {
  lastAt = Math.max(Date.now(), lastAt + 1);
  const upload = {
    ...more,
    id: newId(),
    at: lastAt,
    chat: Number(chat),
    user: Number(document.querySelector('.app').dataset.user),
    reply_to: replyTo ? Number(replyTo) : undefined,
    mime: more.mime || 'application/octet-stream',
    size: file.size,
    seconds: whole(seconds),
    preview: preview ? await base64(preview) : undefined,
  };
  hold(upload);
  await put(upload, file);
  try {
    if (!(await isBehind(upload))) {
      const started = start(upload);
      starting = started.catch(() => undefined);
      await started;
      announce();
    }
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    if (failure.cause === 'refused' || failure.cause === 'over') {
      await remove(upload.id);
      await onRefused(upload, failure);
      return false;
    }
    await tellDelay(failure.cause).catch(() => undefined);
  }
  release(upload);
  run();
  return true;
};

const uploadOf = async (message) => (await all()).find((upload) => upload.message === message);

// What stands for an upload that the browser has forgotten.
const forgotten = (message) => ({ id: message, at: 0, message, chat: message, size: states.get(message)?.size ?? 0 });

const cancel = async (message) => {
  const upload = (await uploadOf(message)) ?? forgotten(message);
  upload.isCancelled = true;
  await update(upload);
  stop(message);
  await deliver(upload);
};

// Continues an upload whose file the browser has lost. Returns false if `file` is another one.
const chooseAgain = async (message, file) => {
  const upload = (await uploadOf(message)) ?? forgotten(message);
  const { size, name } = upload;
  // A photo was reduced before it was sent; the same browser makes the same of it.
  const reduced = async () => (await reduce(file)).reduced;
  const same = file.size === size ? file : await reduced().catch(() => undefined);
  if (same?.size !== size || (name && name !== shownName(file.name))) return false;
  await put(upload, same);
  release(upload);
  run();
  return true;
};

// An upload that this browser knows nothing of is lost once it stands still for so long, in ms: until then another
// browser of this user may be sending it.
const STILL = 8000;

// The messages that `look` watches.
const watched = new Set();

// Asks about a message that nothing is known of: it is an upload of this user, whose browser forgot it or is another
// one, or an upload of somebody else.
const look = async (message) => {
  await starting;
  if (watched.has(message)) return;
  watched.add(message);
  try {
    for (let before; !states.has(message); ) {
      const isHere = Boolean(await uploadOf(message));
      const state = await progressOf(message);
      const isLost = !isHere && state.sent === before;
      if (!states.has(message) && (isHere || isLost)) note(message, { ...state, problem: isLost ? 'gone' : '' });
      else await new Promise((done) => setTimeout(done, STILL));
      before = state.sent;
    }
  } catch ({ status }) {
    // It is complete, or of another user: whoever may write here can still end it.
    if (status === 404 && !states.has(message)) note(message, { sent: 0, size: 0, problem: '', isForeign: true });
  } finally {
    watched.delete(message);
  }
};

// The picture of a message that this browser is sending, and its size in pixels.
const pictureOf = async (message) => {
  await starting;
  const { id, kind, width, height } = (await uploadOf(message)) ?? {};
  const file = ['image', 'sticker'].includes(kind) && width ? await fileOf(id) : undefined;
  return file && { file, width, height };
};

// Ends everything, before a logout.
const abandon = async () => {
  const end = async (upload) => {
    hold(upload);
    if (upload.message) stop(upload.message);
    await remove(upload.id);
    if (upload.message) await cancelThere(upload.message);
  };
  await Promise.allSettled((await all()).map(end));
};

addEventListener('beforeunload', (event) => {
  if (isFragile()) event.preventDefault();
});
defineFileUpload({ cancel, chooseAgain, hurry, look, pictureOf, states, watch });
whenRefused(onRefused);
run();

export { abandon, enqueue };
