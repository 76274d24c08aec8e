// The panel for choosing a sticker: those that this user keeps, the recent ones of the number, and one that is made of
// a picture.

import { announce } from '../announce.js';
import { showEnd } from '../composer-place.js';
import { newId } from '../new-id.js';
import { dropReply, replyOf } from '../reply.js';
import { isTouch } from '../touch.js';
import { enqueue } from '../uploads/uploads.js';
import { makeSticker } from './make-sticker.js';
import { keep, sendSticker, stickersOf } from './sticker-requests.js';
import { stickersPage } from './stickers-page.js';

// The steps of the arrow keys in a list; those up and down are as long as a row.
const STEPS = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 0, ArrowUp: 0 };

// The causes of failures, by the status of the answer.
const CAUSES = { 404: 'refused', 409: 'refused', 422: 'gone' };

// On a small screen the panel covers the conversation.
const leavePanel = (panel) => {
  if (isTouch()) panel.closest('.picker')?.querySelector('[data-close]')?.click();
};

// The number of stickers in a row.
const columnsOf = (picks) => {
  const [first, ...others] = picks.map((pick) => pick.getBoundingClientRect().top);
  return others.findIndex((top) => top > first) + 1 || picks.length;
};

const panelOf = (panel, chat, page) => {
  const { part, say, limits } = page;
  const all = part('panel');
  const find = (name) => all.querySelector(name);
  const listOf = (name) => find(`[data-list=${name}]`);
  const status = find('[data-slot=status]');
  const problem = find('[data-slot=problem]');
  const file = find('[data-file]');
  // The ids of stickers that could not be sent: another attempt is the same message.
  const ids = new Map();

  const tell = (word) => {
    problem.textContent = word ? say(word) : '';
    problem.hidden = !word;
    if (word) problem.scrollIntoView({ block: 'nearest' });
  };

  const mark = (star, isOn) => {
    star.ariaPressed = String(isOn);
    star.title = star.ariaLabel = say(isOn ? 'drop' : 'keep');
  };

  // Hides the title of an empty list, and says that there is no sticker at all.
  const sum = () => {
    const lists = [...all.querySelectorAll('[data-list]')];
    for (const list of lists) list.hidden = !list.querySelector('li');
    status.textContent = lists.every((list) => list.hidden) ? say('none') : '';
  };

  // The file of a sticker may be gone since, or be no picture. The Tab key still finds the list.
  const drop = (item) => {
    const list = item.parentElement;
    if (!list) return;
    item.remove();
    const buttons = [...list.querySelectorAll('button')];
    // The first sticker and its star.
    if (buttons.every((button) => button.tabIndex)) for (const button of buttons.slice(0, 2)) button.tabIndex = 0;
    sum();
  };

  const add = (list, { message, shape, favourite }, nth) => {
    const item = part('sticker');
    const [pick, star] = item.querySelectorAll('button');
    const picture = pick.querySelector('img');
    item.dataset.message = message;
    pick.ariaLabel = say('send_one', { n: nth + 1 });
    // Of each list one is in the order of the Tab key, with its star; the arrow keys lead to the others.
    pick.tabIndex = star.tabIndex = nth ? -1 : 0;
    mark(star, favourite);
    if (shape) [picture.width, picture.height] = shape;
    picture.addEventListener('error', () => drop(item));
    picture.src = `/midia/${message}`;
    list.append(item);
  };

  const show = ({ recent, favourites }) => {
    for (const [name, stickers] of Object.entries({ recent, favourites })) {
      const list = listOf(name).querySelector('ul');
      list.replaceChildren();
      stickers.forEach((sticker, nth) => add(list, sticker, nth));
    }
    sum();
  };

  const load = async () => show(await stickersOf(chat));

  const send = async (pick) => {
    if (pick.ariaBusy) return;
    const { message } = pick.closest('li').dataset;
    const id = ids.get(message) ?? newId();
    ids.set(message, id);
    pick.ariaBusy = 'true';
    tell('');
    try {
      await sendSticker(chat, message, id, replyOf(chat));
      ids.delete(message);
      dropReply(chat);
      showEnd(chat);
      announce(say('sent'));
      leavePanel(panel);
    } catch (failure) {
      tell(CAUSES[failure.status] ?? 'not_sent');
    } finally {
      pick.ariaBusy = null;
    }
  };

  // A change of one list changes the other, where the same sticker is another message.
  const change = async (star) => {
    if (star.ariaBusy) return;
    const item = star.closest('li');
    const { message } = item.dataset;
    const isWanted = star.ariaPressed !== 'true';
    const list = item.closest('[data-list]').dataset.list;
    const nth = [...item.parentElement.children].indexOf(item);
    star.ariaBusy = 'true';
    tell('');
    try {
      if (await keep(message, isWanted)) {
        await load();
        announce(say(isWanted ? 'kept' : 'dropped'));
        // The focus stays where it was.
        const items = listOf(list).querySelectorAll('li');
        const next = items[Math.min(nth, items.length - 1)];
        (next?.querySelector('[data-do=keep]') ?? find('[data-make]')).focus({ preventScroll: true });
      } else {
        tell('full');
      }
    } catch (failure) {
      tell(failure.status === 404 ? 'refused' : 'not_kept');
    } finally {
      star.ariaBusy = null;
    }
  };

  const offer = ({ file: made, shape, isStill }) => {
    const src = URL.createObjectURL(made);
    const offered = part('made');
    const shown = offered.querySelector('img');
    // Once it is shown it needs no address, and the panel may be closed at any time.
    shown.addEventListener('load', () => URL.revokeObjectURL(src), { once: true });
    shown.src = src;
    offered.querySelector('[data-slot=still]').hidden = !isStill;
    const end = () => {
      offered.remove();
      find('[data-make]').hidden = false;
    };
    const enqueueIt = async () => {
      const [width, height] = shape;
      const more = { kind: 'sticker', mime: 'image/webp', title: say('name'), width, height };
      if (await enqueue({ chat, replyTo: replyOf(chat), file: made, ...more })) dropReply(chat);
      showEnd(chat);
      end();
      leavePanel(panel);
    };
    offered.querySelector('[data-cancel]').addEventListener('click', () => {
      end();
      find('[data-make]').focus();
    });
    offered.querySelector('[data-send-made]').addEventListener('click', (event) => {
      event.currentTarget.disabled = true;
      enqueueIt().catch((error) => {
        console.error(error);
        end();
        tell('not_sent');
      });
    });
    find('.sticker-made')?.remove();
    find('[data-make]').hidden = true;
    find('[data-make]').after(offered);
    offered.focus({ preventScroll: true });
  };

  const make = async () => {
    const [picture] = file.files;
    file.value = '';
    if (!picture) return;
    tell('');
    try {
      offer(await makeSticker(picture, limits));
    } catch (error) {
      tell(['no_picture', 'no_webp'].includes(error.cause) ? error.cause : 'no_picture');
    }
  };

  const onClick = ({ target }) => {
    const [pick, star] = ['.sticker-pick', '[data-do=keep]'].map((name) => target.closest(name));
    if (pick) send(pick);
    else if (star) change(star);
    else if (target.closest('[data-make]')) file.click();
  };

  const onKey = (event) => {
    const pick = event.target.closest('.sticker-pick');
    if (!pick || !(event.key in STEPS)) return;
    const picks = [...pick.closest('ul').querySelectorAll('.sticker-pick')];
    const row = columnsOf(picks);
    const step = STEPS[event.key] || (event.key === 'ArrowDown' ? row : -row);
    const next = picks[picks.indexOf(pick) + step];
    event.preventDefault();
    next?.focus();
  };

  // The Tab key comes back to where the focus was.
  const onFocus = ({ target }) => {
    const item = target.closest('.sticker-grid li');
    if (!item) return;
    for (const button of item.parentElement.querySelectorAll('button')) button.tabIndex = item.contains(button) ? 0 : -1;
  };

  all.addEventListener('click', onClick);
  all.addEventListener('keydown', onKey);
  all.addEventListener('focusin', onFocus);
  file.addEventListener('change', make);
  panel.replaceChildren(all);
  return load().catch((error) => {
    console.error(error);
    status.textContent = '';
    tell(error.status === 404 ? 'refused' : 'not_loaded');
  });
};

// Fills an element with the stickers of a conversation (`chat` is its id). The message that is answered is known by
// the conversation.
const fillStickers = async (panel, { chat }) => panelOf(panel, String(chat), await stickersPage());

export { fillStickers };
