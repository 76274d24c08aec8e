// The tabs of the picker: emojis, and the stickers of the conversation, which come with another script.

import { replyOf } from '../reply.js';

const { load } = globalThis.inbox;

const STEPS = { ArrowRight: 1, ArrowLeft: -1 };

// Connects the tabs of a picker, `chat` being the id of its conversation and `failed` the words for a script that does
// not come. Without a conversation there are no stickers.
const connectTabs = (element, chat, failed) => {
  const tabs = [...element.querySelectorAll('[role=tab]')];
  const panelOf = (tab) => element.querySelector(`[data-panel=${tab.dataset.tab}]`);
  let isFilled = false;

  const fill = async (panel) => {
    isFilled = true;
    panel.ariaBusy = 'true';
    try {
      const { fillStickers } = await load('../stickers/stickers.js');
      await fillStickers(panel, { chat, replyTo: replyOf(chat) });
    } catch (error) {
      console.error(error);
      isFilled = false;
      const note = Object.assign(document.createElement('p'), { className: 'composer-note bad', role: 'alert' });
      note.textContent = failed;
      panel.replaceChildren(note);
    } finally {
      panel.ariaBusy = null;
    }
  };

  const select = (chosen) => {
    for (const tab of tabs) {
      const isChosen = tab === chosen;
      tab.ariaSelected = String(isChosen);
      tab.tabIndex = isChosen ? 0 : -1;
      panelOf(tab).hidden = !isChosen;
    }
    if (chosen.dataset.tab === 'stickers' && !isFilled) fill(panelOf(chosen));
  };

  const onKey = (event) => {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const next = tabs[(tabs.indexOf(event.currentTarget) + step + tabs.length) % tabs.length];
    next.focus();
    select(next);
  };

  for (const tab of tabs) {
    if (!chat) tab.hidden = tab.dataset.tab === 'stickers';
    else tab.addEventListener('keydown', onKey);
    tab.addEventListener('click', () => select(tab));
  }
};

export { connectTabs };
