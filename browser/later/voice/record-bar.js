// The bar of a recording: what it shows, and its buttons.

import { clock } from '../written.js';
import { drawn } from './meter.js';
import { barsOf, waveformOf } from './waveform.js';

// The width of a column of the waveform, in pixels.
const COLUMN = 4;

// The buttons of each state. One that may not be used now is not shown.
const BUTTONS = {
  asking: ['cancel'],
  recording: ['cancel', 'pause', 'once', 'send'],
  paused: ['cancel', 'resume', 'listen', 'once', 'send'],
  inactive: ['cancel', 'listen', 'once', 'send'],
  sending: [],
};

// Returns `{ element, belongsTo, explain, once, show, slide, state }`. `perform` is called with the name of a button.
// `press` is the finger that began the recording, if one did. It lifts where a button may have appeared meanwhile, and
// its click is none of that button.
const recordBar = (page, perform, press) => {
  const element = page.part('bar');
  const slot = (name) => element.querySelector(`[data-slot=${name}]`);
  const [time, bars, problem] = [slot('time'), slot('bars'), slot('problem')];

  element.addEventListener('click', ({ target, pointerId }) => {
    const button = target.closest('[data-do]');
    if (button && !(press && press.id === pointerId)) perform(button.dataset.do);
  });

  // Shows a state with the buttons that it has. One that vanishes with the focus leaves it to the bar.
  const state = (name, isListening = false) => {
    element.dataset.state = isListening ? 'listening' : name;
    const isOffered = (what) => {
      if (what === 'rest') return isListening;
      return BUTTONS[name].includes(what) && !(isListening && what === 'listen');
    };
    for (const button of element.querySelectorAll('[data-do]')) {
      const isShown = isOffered(button.dataset.do);
      if (!isShown && button === document.activeElement) element.focus();
      button.hidden = !isShown;
    }
  };

  // The volumes of the last seconds while it records, else of all of it. `played` is the part that was heard.
  const show = ({ seconds, levels, level, played }) => {
    time.textContent = clock(seconds);
    const columns = Math.max(1, Math.round(bars.clientWidth / COLUMN));
    const isLive = level !== undefined;
    const last = isLive ? [...levels.slice(-columns), level].slice(-columns).map(drawn) : [];
    const all = isLive ? [...Array(columns - last.length).fill(0), ...last] : waveformOf(levels, columns);
    bars.setAttribute('viewBox', `0 0 ${2 * (all.length || 64)} 100`);
    for (const path of bars.querySelectorAll('path')) path.setAttribute('d', barsOf(all));
    element.style.setProperty('--level', (last.at(-1) ?? 0) / 100);
    element.style.setProperty('--played', `${(played ?? 1) * 100}%`);
  };

  // A finger holds it, and is so many pixels away; `undefined` without one.
  const slide = (distance) => {
    element.toggleAttribute('data-held', distance !== undefined);
    element.style.setProperty('--slide', `${-(distance ?? 0)}px`);
  };

  const explain = (words) => {
    problem.hidden = !words;
    problem.textContent = words;
  };

  const belongsTo = (words) => {
    slot('for').textContent = words;
  };

  // Shows whether the customer will hear it once.
  const once = (isOn) => element.querySelector('[data-do=once]').setAttribute('aria-pressed', isOn);

  return { element, belongsTo, explain, once, show, slide, state };
};

export { recordBar };
