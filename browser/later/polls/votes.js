// Voting in a poll, and the people who voted. The options of a poll in the conversation are links to the page of its
// votes (`pages/poll_votes.rs`): one with an option (`opcao`, or `opcoes` where several may be chosen) votes, and the
// one without shows that page in a dialog.

import { isAnyOpen, showModal } from '../modal.js';
import { newId } from '../new-id.js';
import { notice } from '../notice.js';
import { call } from '../server-call.js';
import { pollPage } from './poll-page.js';

// Time after a change of the card until the dialog is made anew, in ms: several changes come at once.
const SETTLED = 150;
// Time after a vote in which its card may not show it yet, in ms.
const UNSEEN = 5000;

const optionsOf = (card) => [...card.querySelectorAll('li > a')];

// The last vote: its message, when it was given, the positions that the card had as chosen then, and those of the vote.
let last;

// Returns the positions that are chosen once this option was pressed. A second click starts from what the first one
// chose, also while the card does not show that yet.
const chosenWith = (card, pressed, message) => {
  const options = optionsOf(card);
  const nth = options.indexOf(pressed);
  const shown = options.flatMap((option, at) => (option.querySelector('strong') ? [at] : []));
  const isUnseen = last?.message === message && String(last.shown) === String(shown) && performance.now() - last.at < UNSEEN;
  const chosen = new Set(isUnseen ? last.choices : shown);
  // What is pressed again is taken back. Of a poll with one answer, the pressed one takes its place.
  const isTakenBack = chosen.delete(nth);
  if (new URLSearchParams(pressed.search).has('opcao')) chosen.clear();
  if (!isTakenBack) chosen.add(nth);
  const choices = [...chosen].sort((one, other) => one - other);
  last = { message, shown, choices, at: performance.now() };
  return choices;
};

// A long poll is shown in part: what else is chosen is known only to its page.
const isWhole = (card) => !card.closest('article').querySelector('.more');

const send = (message, choices) => {
  const chosen = choices.map((choice, nth) => [`choices[${nth}]`, choice]);
  return call('vote', { message, wa_id: newId(), ...Object.fromEntries(chosen) });
};

const refuse = async () => {
  last = undefined;
  const { say } = await pollPage();
  await notice(say('vote_refused'));
};

// Returns the part of the page of the votes in a poll.
const votesOf = async (path) => {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(answer.statusText);
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const votes = page.getElementById('poll-votes');
  if (!votes) {
    if (new URL(answer.url).pathname === '/entrar') globalThis.inbox.leave();
    throw new Error(answer.url);
  }
  return votes;
};

// Opens the dialog with the people who voted. It follows the card, which the live stream changes.
const showVotes = async (card, path) => {
  const [votes, { say }] = await Promise.all([votesOf(path), pollPage()]);
  if (isAnyOpen()) return;
  const ariaLabel = votes.dataset.title;
  const dialog = Object.assign(document.createElement('dialog'), { className: 'dialog', ariaLabel });
  const button = Object.assign(document.createElement('button'), { type: 'button', className: 'button quiet' });
  button.dataset.close = '';
  button.textContent = say('close');
  const buttons = Object.assign(document.createElement('div'), { className: 'dialog-buttons' });
  buttons.append(button);
  const fill = (content) => {
    // The vote of the number is given in the card itself.
    content.querySelector('form')?.remove();
    dialog.replaceChildren(content, buttons);
  };
  fill(votes);
  const bubble = card.closest('article');
  let waiting;
  let at = 0;
  const refresh = async () => {
    at += 1;
    const nth = at;
    try {
      const content = await votesOf(path);
      if (nth === at && dialog.open) fill(content);
    } catch {
      // It stays as it is; the list says that the connection is lost.
    }
  };
  const observer = new MutationObserver(() => {
    clearTimeout(waiting);
    waiting = setTimeout(refresh, SETTLED);
  });
  observer.observe(bubble, { childList: true, subtree: true, characterData: true, attributes: true });
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog || target.closest('[data-close]')) dialog.close();
  });
  showModal(dialog, () => {
    clearTimeout(waiting);
    observer.disconnect();
    bubble.querySelector(`a[href="${path}"]`)?.focus({ preventScroll: true });
  });
  // The first thing in it is read aloud; a browser would begin with the last one, which has the focus.
  button.focus();
};

// One vote at a time: they must not overtake each other.
let voting = Promise.resolve();

// Acts on a link of a poll that was pressed.
const onPoll = async (link) => {
  const card = link.closest('section');
  const { pathname, search } = link;
  // Readers see who voted.
  if (!search || !isWhole(card) || !document.querySelector('form.composer')) {
    try {
      await showVotes(card, pathname);
    } catch {
      const { say } = await pollPage();
      await notice(say('gone'));
    }
    return;
  }
  const message = pathname.split('/').at(-1);
  const choices = chosenWith(card, link, message);
  voting = voting.then(() => send(message, choices)).catch(refuse);
  await voting;
};

export { onPoll };
