// Films and recordings, as far as this browser plays them.

import { isFaithful, previewOf } from './picture.js';

// Time for a file to show what it is, in ms.
const PATIENCE = 8000;
// The preview is a frame from here on, in seconds: many films begin black.
const FRAME = 1;

const happens = (player, name) =>
  new Promise((done, fail) => {
    const timer = setTimeout(fail, PATIENCE, new Error(name));
    player.addEventListener(name, () => done(clearTimeout(timer)), { once: true });
    player.addEventListener('error', () => fail(player.error), { once: true });
  });

const frameOf = async (player) => {
  player.currentTime = Math.min(FRAME, player.duration / 2) || 0;
  await happens(player, 'seeked');
  const { videoWidth: width, videoHeight: height } = player;
  return width && isFaithful() ? previewOf(player, width, height) : undefined;
};

// Returns `{ seconds, shape, preview }`, each if the browser knows it.
const watchFilm = async (file, name) => {
  const player = Object.assign(document.createElement(name), { muted: true, preload: 'auto', playsInline: true });
  const src = URL.createObjectURL(file);
  const found = {};
  try {
    const knows = happens(player, 'loadedmetadata');
    player.src = src;
    await knows;
    // The recorders of some browsers do not state it.
    if (Number.isFinite(player.duration)) found.seconds = player.duration;
    if (player.videoWidth) found.shape = [player.videoWidth, player.videoHeight];
    if (name === 'video') found.preview = await frameOf(player);
  } catch {
    // The server completes what it can.
  } finally {
    player.removeAttribute('src');
    player.load();
    URL.revokeObjectURL(src);
  }
  return found;
};

export { watchFilm };
