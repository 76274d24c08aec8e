// The ways to send something else than text: the buttons beside the composer, pasted files, and files that are dragged
// over the page; and the links in messages that open something in the page. The scripts behind them are loaded when
// they are first used (`browser/load.js`). What else every conversation needs begins here too, so that the program has
// no line for it.

import { albums } from './albums.js';
import { defineRingingCall } from './calls.js';
import { pastedFiles } from './files/pasted.js';
import { defineGroupMembers } from './groups/members.js';
import { typing } from './typing.js';

const { isPlainClick, load } = globalThis.inbox;

const canAttach = () => document.querySelector('[data-attach]') && !document.querySelector('dialog[open]');

const hasFiles = ({ dataTransfer }) => dataTransfer?.types.includes('Files');

// Runs `work`, and shows above the composer, or in another place, that it failed: the page is of another version of the
// server, or the connection is down.
const orSay = async (work, elsewhere) => {
  const composer = document.querySelector('.composer');
  const place = elsewhere ?? composer;
  place.querySelector('.not-loaded')?.remove();
  try {
    await work();
  } catch (error) {
    console.error(error);
    const note = Object.assign(document.createElement('p'), { className: 'composer-note bad not-loaded', role: 'alert' });
    note.textContent = composer.dataset.failed;
    place.prepend(note);
  }
};

const attach = (files, options) => orSay(async () => (await load('./files/files.js')).attach(files, options));

const onClick = ({ target }) => {
  const tool = target.closest?.('[data-attach], [data-record]');
  if (!tool) return;
  if ('attach' in tool.dataset) orSay(async () => (await load('./attach/attach.js')).openMenu(tool, orSay));
  else orSay(async () => (await load('./voice/voice.js')).record(tool));
};

// The script for files that this browser does not send is loaded once somebody points at the bubble of one.
const onPoint = ({ target }) => {
  if (!target.closest?.('article')?.querySelector('file-upload:not(:defined)')) return;
  import('./uploads/uploads.js').catch(() => undefined);
};

// Opens the dialog for a new conversation with the phone of a contact, to whose page the link leads.
const startChat = async (link) => {
  const { pathname, searchParams } = new URL(link.href);
  const form = document.createElement('form');
  form.setAttribute('action', pathname);
  for (const [name, value] of searchParams) form.append(Object.assign(document.createElement('input'), { name, value }));
  await (await load('./new-chat.js')).newChat(form);
};

// Shows the receipts of a message in a group, or the data of the group, beside the conversation. Without its script,
// and with a key for another tab, a link leads to its page.
const onGroup = async (event) => {
  const opener = event.target.closest?.('[data-info], a[data-group]');
  if (!opener || !isPlainClick(event)) return;
  event.preventDefault();
  const { info } = opener.dataset;
  try {
    if (info) await (await load('./groups/message-info.js')).openInfo(opener);
    else await (await load('./groups/group-data.js')).openGroup(opener);
  } catch (error) {
    console.error(error);
    location.assign(info ?? opener.href);
  }
};

// Links of messages, by their selectors, and what shows in this page what they lead to: numbers of contacts, stickers,
// and the options and votes of a poll.
const LINKS = {
  'address a[href^="/nova-conversa?"]': startChat,
  'a.sticker': async (link) => (await load('./stickers/sticker-dialog.js')).openSticker(link),
  'section a[href^="/enquete/"]': async (link) => (await load('./polls/votes.js')).onPoll(link),
};

// Without its script, and with a key for another tab, a link leads to its page.
const onLink = async (event) => {
  const link = event.target.closest?.('article a');
  const selector = link && Object.keys(LINKS).find((one) => link.matches(one));
  if (!selector || !isPlainClick(event)) return;
  event.preventDefault();
  try {
    await LINKS[selector](link);
  } catch (error) {
    console.error(error);
    open(link.href, '_blank', 'noopener');
  }
};

const onPaste = (event) => {
  const files = pastedFiles(event);
  if (!files.length || !canAttach()) return;
  event.preventDefault();
  attach(files);
};

// A picture that is dragged within the page is a file as well, which nobody wants to send.
let isOwnDrag = false;
const onDragStart = () => {
  isOwnDrag = true;
  const end = () => {
    isOwnDrag = false;
  };
  document.addEventListener('dragend', end, { once: true });
  // The end is not reported if the picture is gone by then. While something is dragged, no pointer moves.
  document.addEventListener('pointermove', end, { once: true });
};

const onDragEnter = (event) => {
  if (isOwnDrag || !hasFiles(event) || !canAttach()) return;
  const items = Array.from(event.dataTransfer.items, ({ kind, type }) => ({ kind, type }));
  orSay(async () => {
    const [{ showTargets }] = await Promise.all([load('./files/drop.js'), load('./files/files.js')]);
    await showTargets(items, attach);
  });
};

// A file that is dropped beside the targets must not replace the page.
const keepPage = (event) => {
  if (hasFiles(event)) event.preventDefault();
};

const tools = () => {
  const on = (name, listener) => document.addEventListener(name, listener);
  on('click', onClick);
  on('pointerover', onPoint);
  on('focusin', onPoint);
  on('click', onLink);
  on('click', onGroup);
  on('paste', onPaste);
  on('dragstart', onDragStart);
  on('dragenter', onDragEnter);
  on('dragover', keepPage);
  on('drop', keepPage);
  typing();
  defineRingingCall();
  defineGroupMembers();
  albums();
};

export { orSay, tools };
