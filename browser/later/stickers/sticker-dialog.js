// The dialog about a sticker of the conversation, where it becomes a favourite. A click on the sticker opens it; with
// a key that opens another tab, and without scripts, the link leads to the picture.

import { announce } from '../announce.js';
import { isAnyOpen, oneAtATime, showModal } from '../modal.js';
import { isKept, keep } from './sticker-requests.js';
import { stickersPage } from './stickers-page.js';

const show = (link, { part, say }) => {
  const message = link.getAttribute('href').split('/').at(-1);
  const dialog = Object.assign(document.createElement('dialog'), { className: 'dialog', ariaLabel: say('title') });
  const content = part('dialog');
  const find = (name) => content.querySelector(name);
  const [button, problem] = [find('[data-keep]'), find('[data-slot=problem]')];
  let isOn = false;

  const mark = (isNow) => {
    isOn = isNow;
    button.textContent = say(isOn ? 'drop' : 'keep');
    button.disabled = false;
  };

  const tell = (word) => {
    problem.textContent = word ? say(word) : '';
    problem.hidden = !word;
  };

  const change = async () => {
    button.disabled = true;
    tell('');
    try {
      if (await keep(message, !isOn)) {
        announce(say(isOn ? 'dropped' : 'kept'));
        mark(!isOn);
      } else {
        mark(isOn);
        tell('full');
      }
    } catch (failure) {
      mark(isOn);
      tell(failure.status === 404 ? 'refused' : 'not_kept');
    }
    button.focus();
  };

  const close = () => dialog.close();

  find('img').src = find('[data-open]').href = link.getAttribute('href');
  button.textContent = say('keep');
  button.addEventListener('click', change);
  // Who may not send has no use of favourites.
  button.hidden = !document.querySelector('.composer textarea');
  find('[data-close]').addEventListener('click', close);
  dialog.addEventListener('click', ({ target }) => target === dialog && close());
  dialog.append(content);
  showModal(dialog, () => link.focus({ preventScroll: true }));
  if (!button.hidden) isKept(message).then(mark, () => tell('not_kept'));
};

const openSticker = oneAtATime(async (link) => {
  const page = await stickersPage();
  if (!isAnyOpen()) show(link, page);
});

export { openSticker };
