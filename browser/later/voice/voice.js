// Recording a voice note, in the place of the composer of its conversation. One at a time: what was recorded
// stays until it is sent or discarded, also when another conversation is opened or the microphone is gone.

import { announce } from '../announce.js';
import { composerOf, isClosedTo, keepInComposer } from '../composer-place.js';
import { isTouch } from '../touch.js';
import { tellPause, tellRecording } from '../typing.js';
import { shownName } from '../written.js';
import { followFinger } from './hold.js';
import { Refusal, closeMicrophone, openMicrophone, recordedType } from './microphone.js';
import { recordBar } from './record-bar.js';
import { startRecording } from './recording.js';
import { sendVoice } from './send-voice.js';
import { voicePage } from './voice-page.js';

// Time between two drawings for those who want no motion, in ms.
const STILL = 1000;
// Escape asks before it discards a recording of so many seconds: it also closes menus, and may come once too often.
const LONG = 5;

// The bar that is shown, or something in its place while it is being made.
let current;

// Removes the refusal that is shown.
let forgive = () => undefined;

// Shows in the composer why nothing is recorded.
const refuse = (page, chat, why) => {
  const refusal = page.part('refusal');
  refusal.querySelector('[data-slot=why]').textContent = page.say(why);
  forgive = keepInComposer(refusal, chat, 'prepend', () => forgive());
  refusal.querySelector('[data-close]').addEventListener('click', () => {
    forgive();
    if (!isTouch()) globalThis.inbox.focusComposer();
  });
};

// Records for the conversation `chat`. `press` is the finger that began it, if one did.
const recordFor = (page, chat, press) => {
  const { say, limits } = page;
  const name = shownName(document.getElementById('conversation-name')?.textContent ?? '');
  const heard = new Audio();
  let recording;
  // 'asking' for the microphone, the state of the recording, or 'sending'.
  let state = 'asking';
  let isOver = false;
  let isHeld = Boolean(press);
  let isDrawing = false;
  let isOnce = false;

  const isListening = () => !heard.paused;

  const draw = () => {
    if (!recording) return;
    const length = recording.seconds();
    const { levels } = recording;
    if (isListening()) {
      bar.show({ seconds: heard.currentTime, levels, played: Math.min(1, heard.currentTime / length) });
    } else {
      bar.show({ seconds: length, levels, level: state === 'recording' ? recording.level() : undefined });
    }
  };

  // Draws until nothing moves.
  const drawAgain = () => {
    isDrawing = !isOver && (state === 'recording' || isListening());
    if (!isDrawing) return;
    draw();
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) setTimeout(drawAgain, STILL);
    else requestAnimationFrame(drawAgain);
  };

  const become = (next, words) => {
    state = next;
    if (state === 'recording') tellRecording(chat);
    else tellPause();
    bar.state(state, isListening());
    if (words) announce(words);
    draw();
    if (!isDrawing) drawAgain();
  };

  const rest = () => {
    heard.pause();
    if (heard.src) URL.revokeObjectURL(heard.src);
    heard.removeAttribute('src');
  };

  // Nothing is recorded any more; what there is stays.
  const stop = (why) => {
    if (state !== 'recording' && state !== 'paused') return;
    rest();
    recording.end();
    bar.slide(undefined);
    isHeld = false;
    bar.explain(say(why));
    become('inactive', say(why));
  };

  const close = (words) => {
    const hadFocus = bar.element.contains(document.activeElement);
    isOver = true;
    tellPause();
    rest();
    recording?.end();
    leave();
    listening.abort();
    current = undefined;
    announce(words);
    if (hadFocus && !isTouch()) globalThis.inbox.focusComposer();
  };

  const send = async () => {
    if (!recording || state === 'sending') return;
    rest();
    recording.end();
    bar.slide(undefined);
    become('sending', say('sending'));
    let outcome = 'not_sent';
    try {
      outcome = await sendVoice(recording, chat, { title: say('title'), isOnce });
    } catch (error) {
      console.error(error);
    }
    if (outcome === 'sent') {
      close(say('sent'));
    } else {
      bar.explain(say(outcome));
      become('inactive');
    }
  };

  const listen = async () => {
    rest();
    const file = await recording.file();
    if (state !== 'paused' && state !== 'inactive') return;
    heard.src = URL.createObjectURL(file);
    await heard.play().catch(() => bar.explain(say('unplayable')));
  };

  const acts = {
    cancel: () => close(say('discarded')),
    pause: () => {
      recording.pause();
      become('paused', say('paused'));
    },
    resume: () => {
      rest();
      recording.resume();
      become('recording', say('recording'));
    },
    listen,
    rest,
    once: () => {
      isOnce = !isOnce;
      bar.once(isOnce);
    },
    send,
  };
  const bar = recordBar(page, (what) => acts[what](), press);
  // Only one plays at a time, also among those in bubbles (`player.js`).
  bar.element.append(heard);
  for (const type of ['play', 'pause', 'ended']) {
    heard.addEventListener(type, () => {
      if (isOver || state === 'sending') return;
      become(state, type === 'play' ? say('listening') : undefined);
    });
  }

  const escape = () => {
    if (state === 'sending') return;
    const isLong = recording?.seconds() >= LONG;
    if (!isLong || confirm(say('discard'))) acts.cancel();
  };

  // Asked when the page is left, it would come after everything else was deleted.
  const onLogout = (event) => {
    if (!recording || confirm(say('discard'))) acts.cancel();
    else event.preventDefault();
  };

  const onKey = (event) => {
    const { key, target, isComposing, repeat } = event;
    const isHere = bar.element.contains(target);
    const isNowhere = target === document.body && !bar.element.classList.contains('elsewhere');
    if (isComposing || repeat || event.altKey || event.ctrlKey || event.metaKey) return;
    if (key === 'Escape' && (isHere || isNowhere) && !document.querySelector('dialog[open]')) escape();
    else if (key === 'Enter' && isHere && !target.closest('button')) send();
    else return;
    event.preventDefault();
  };

  const onGesture = (gesture, distance) => {
    if (isOver || !isHeld) return;
    isHeld = gesture === 'hold';
    bar.slide(isHeld ? distance : undefined);
    if (gesture === 'cancel') acts.cancel();
    // The microphone may not be there yet.
    else if (gesture === 'send' && state === 'recording') send();
  };

  const listening = new AbortController();
  const { signal } = listening;
  addEventListener('keydown', onKey, { signal });
  addEventListener('logout', onLogout, { signal });
  addEventListener('beforeunload', (event) => recording && event.preventDefault(), { signal });
  addEventListener('pagehide', () => stop('stopped'), { signal });

  const start = async () => {
    try {
      const type = recordedType();
      const stream = await openMicrophone();
      if (isOver) {
        closeMicrophone(stream);
        return;
      }
      try {
        recording = startRecording(stream, type, limits, stop);
      } catch (error) {
        closeMicrophone(stream);
        throw error;
      }
      become('recording', say('recording'));
    } catch (error) {
      if (!(error instanceof Refusal)) console.error(error);
      if (isOver) return;
      close('');
      refuse(page, chat, error.reason ?? 'unknown');
    }
  };

  bar.belongsTo(say('for', { name }));
  bar.once(isOnce);
  bar.state(state);

  // The address of another conversation may come after its elements.
  const explainRight = () => {
    if (isOver || !isClosedTo(chat)) return;
    bar.explain(say('no_right'));
    announce(say('no_right'));
  };

  const onLeave = () => {
    if (!recording) {
      acts.cancel();
      return;
    }
    stop('stopped');
    setTimeout(explainRight);
  };
  const leave = keepInComposer(bar.element, chat, 'append', onLeave);
  for (const player of document.querySelectorAll('audio, video')) player.pause();
  forgive();
  if (press) {
    bar.slide(0);
    followFinger(press, onGesture);
  }
  bar.element.focus();
  announce(say('asking'));
  start();
  const remind = () => {
    if (bar.element.classList.contains('elsewhere')) bar.explain(say('first'));
    bar.element.focus();
  };
  return { element: bar.element, remind };
};

// Begins a recording in the composer of a button. If there is one, it has to be sent or discarded first.
const record = async (button, press) => {
  if (current) {
    current.remind?.();
    return;
  }
  const chat = button.closest('form').elements.chat.value;
  current = {};
  try {
    const page = await voicePage();
    const made = composerOf(chat) && recordFor(page, chat, press);
    // It may be over already.
    current = made?.element.isConnected ? made : undefined;
  } catch (error) {
    current = undefined;
    throw error;
  }
};

export { record };
