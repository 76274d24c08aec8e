// `<voice-note>`: the player of voice notes and other sounds (`components/media.rs`). It takes the place of the
// browser's controls, which stay where this script or its words cannot be loaded.

import { clock } from '../written.js';
import { voicePage } from './voice-page.js';
import { barsOf, fromHex } from './waveform.js';

const SPEEDS = [1, 1.5, 2];
// The step of the arrow keys, in seconds.
const STEP = 5;

const user = document.querySelector('.app')?.dataset.user;
const SPEED = `speed-${user}`;

// The speed of this tab. It is in memory where storage is forbidden.
let speed = 1;
try {
  const stored = Number(sessionStorage.getItem(SPEED));
  if (SPEEDS.includes(stored)) speed = stored;
} catch {
  // It starts with the first one.
}

const nextSpeed = () => {
  speed = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
  try {
    sessionStorage.setItem(SPEED, speed);
  } catch {
    // It is lost with the page.
  }
};

// The voice note that follows another one in the conversation, if the browser can play it. Other sounds are music,
// for example: nothing follows them.
const after = (note) => {
  const notes = [...(note.closest('.log')?.querySelectorAll('voice-note[data-waveform]') ?? [])];
  const next = notes.includes(note) ? notes[notes.indexOf(note) + 1] : undefined;
  return next?.closest('.broken') ? undefined : next;
};

// The time in seconds to which a key leads; undefined for other keys.
const target = (key, now, length) =>
  ({
    ArrowLeft: Math.max(0, now - STEP),
    ArrowDown: Math.max(0, now - STEP),
    ArrowRight: Math.min(length, now + STEP),
    ArrowUp: Math.min(length, now + STEP),
    Home: 0,
    End: length,
  })[key];

// Those who may only read the conversation have no field to write in, and tell nobody what they play.
const mayTell = () => document.querySelector('.composer textarea') !== null;

class VoiceNote extends HTMLElement {
  static observedAttributes = ['data-unplayed'];

  attributeChangedCallback() {
    if (this.player) this.show();
  }

  async connectedCallback() {
    this.audio = this.querySelector('audio');
    if (this.player || !this.audio) return;
    this.audio.addEventListener('playing', () => this.tell());
    try {
      const page = await voicePage();
      if (!this.player) this.build(page);
    } catch {
      // The browser's controls are there.
    }
  }

  build({ part, say }) {
    this.say = say;
    this.player = part('player');
    this.slider = this.player.querySelector('[role=slider]');
    const bars = barsOf(fromHex(this.dataset.waveform));
    for (const path of this.player.querySelectorAll('.bars path')) path.setAttribute('d', bars);
    this.listen();
    this.append(this.player);
    this.toggleAttribute('data-ready', true);
    this.show();
  }

  listen() {
    const { audio, player, slider } = this;
    player.addEventListener('click', ({ target: clicked }) => this.onClick(clicked.closest('[data-do]')?.dataset.do));
    slider.addEventListener('keydown', (event) => this.onKey(event));
    slider.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      slider.setPointerCapture(event.pointerId);
      this.seekTo(event);
    });
    slider.addEventListener('pointermove', (event) => {
      if (slider.hasPointerCapture(event.pointerId)) this.seekTo(event);
    });
    for (const type of ['timeupdate', 'play', 'pause', 'durationchange', 'seeking', 'ratechange']) {
      audio.addEventListener(type, () => this.show());
    }
    audio.addEventListener('ended', () => {
      audio.currentTime = 0;
      after(this)?.play();
    });
  }

  // Tells the server, and so the sender, that a received voice note was played for the first time. The
  // live stream brings the message without the mark then.
  async tell() {
    if (this.isTold || !this.hasAttribute('data-unplayed') || !mayTell()) return;
    this.isTold = true;
    const message = this.audio.getAttribute('src').split('/').at(-1);
    const body = new URLSearchParams({ message });
    try {
      const answer = await fetch('/api/mark_played', {
        method: 'POST',
        headers: { accept: 'application/json' },
        body,
        keepalive: true,
      });
      this.isTold = answer.status < 500;
    } catch {
      // It is told when it is played again.
      this.isTold = false;
    }
  }

  // In seconds. Before the file is loaded, its sender's word counts.
  get length() {
    const { duration } = this.audio;
    return Number.isFinite(duration) ? duration : Number(this.dataset.seconds) || 0;
  }

  async play() {
    this.audio.playbackRate = speed;
    try {
      await this.audio.play();
    } catch {
      // It was paused meanwhile, or its link appears instead.
    }
  }

  seek(to) {
    this.audio.currentTime = to;
    this.show();
  }

  seekTo({ clientX }) {
    const { left, width } = this.slider.getBoundingClientRect();
    this.seek(Math.min(1, Math.max(0, (clientX - left) / width)) * this.length);
  }

  onClick(what) {
    if (what === 'play') this.play();
    else if (what === 'pause') this.audio.pause();
    else if (what === 'speed') {
      nextSpeed();
      for (const note of document.querySelectorAll('voice-note[data-ready]')) {
        if (!note.audio.paused) note.audio.playbackRate = speed;
        note.show();
      }
    }
  }

  onKey(event) {
    const { key, altKey, ctrlKey, metaKey, shiftKey } = event;
    if (altKey || ctrlKey || metaKey || shiftKey) return;
    const to = target(key, this.audio.currentTime, this.length);
    if (to === undefined) return;
    event.preventDefault();
    this.seek(to);
  }

  show() {
    const { audio, player, slider, length, say } = this;
    const now = Math.min(audio.currentTime, length);
    const slot = (name) => player.querySelector(`[data-slot=${name}]`);
    const language = document.documentElement.lang;
    const name = audio.getAttribute('aria-label');
    player.setAttribute('aria-label', this.hasAttribute('data-unplayed') ? say('unplayed', { name }) : name);
    const times = `${speed.toLocaleString(language)}×`;
    const at = { now: clock(now), all: clock(length) };
    const [play, pause] = ['play', 'pause'].map((name) => player.querySelector(`[data-do=${name}]`));
    const hadFocus = play === document.activeElement || pause === document.activeElement;
    play.hidden = !audio.paused;
    pause.hidden = audio.paused;
    // The button that comes in the place of the focused one has the focus.
    if (hadFocus) (audio.paused ? play : pause).focus();
    slot('now').textContent = at.now;
    slot('left').textContent = `−${clock(length - now)}`;
    slot('speed').textContent = times;
    slot('speed').setAttribute('aria-label', say('speed', { times }));
    slider.setAttribute('aria-valuemax', Math.round(length));
    slider.setAttribute('aria-valuenow', Math.round(now));
    slider.setAttribute('aria-valuetext', say('at', at));
    player.style.setProperty('--played', `${length ? (now / length) * 100 : 0}%`);
  }
}

// Only one plays at a time, also among the players of the browser.
const onPlay = ({ target: playing }) => {
  for (const other of document.querySelectorAll('audio, video')) if (other !== playing) other.pause();
};

const defineVoiceNote = () => {
  if (customElements.get('voice-note')) return;
  document.addEventListener('play', onPlay, true);
  customElements.define('voice-note', VoiceNote);
};

export { defineVoiceNote };
