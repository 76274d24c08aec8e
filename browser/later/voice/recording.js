// One recording of the microphone, from its first sound to its file.

import { meter } from './meter.js';
import { closeMicrophone } from './microphone.js';

// Bits a second; half an hour of them is 7 MB. Phones record with half of it.
const BITS = 32000;
// Time after which a part of the file is taken over from the browser, in ms.
const SLICE = 1000;
// Bytes that a part may have, with room to spare.
const LAST = 65536;

// Volumes are only drawn; without them there is still a recording.
const meterOf = (stream, isOn) => {
  try {
    return meter(stream, isOn);
  } catch {
    return { levels: [], now: () => 0, close: () => undefined };
  }
};

// Starts it. `onEnd` is called if it ends by itself, with 'limit' or, if the microphone is gone, 'lost'. What was
// recorded until then is there.
const startRecording = (stream, type, limits, onEnd) => {
  const recorder = new MediaRecorder(stream, { mimeType: type, audioBitsPerSecond: BITS });
  const volume = meterOf(stream, () => recorder.state === 'recording');
  const parts = [];
  let size = 0;
  // Milliseconds until the last pause, and the time of the last start.
  let before = 0;
  let since;
  let isOver = false;

  const seconds = () => (before + (since === undefined ? 0 : performance.now() - since)) / 1000;

  const stopClock = () => {
    before = seconds() * 1000;
    since = undefined;
  };

  const ended = new Promise((done) => recorder.addEventListener('stop', done, { once: true }));

  // The microphone is closed at once.
  const end = () => {
    if (isOver) return;
    isOver = true;
    stopClock();
    if (recorder.state !== 'inactive') recorder.stop();
    volume.close();
    closeMicrophone(stream);
  };

  recorder.addEventListener('dataavailable', ({ data }) => {
    parts.push(data);
    size += data.size;
    const isFull = seconds() >= limits.seconds || size + LAST >= limits.bytes;
    if (!isFull || isOver) return;
    end();
    onEnd('limit');
  });
  const onLoss = () => {
    if (isOver) return;
    end();
    onEnd('lost');
  };
  recorder.addEventListener('error', onLoss);
  recorder.addEventListener('stop', onLoss);
  for (const track of stream.getTracks()) track.addEventListener('ended', onLoss);

  recorder.start(SLICE);
  since = performance.now();

  return {
    type,
    end,
    levels: volume.levels,
    level: volume.now,
    seconds,
    pause: () => {
      stopClock();
      recorder.pause();
    },
    resume: () => {
      recorder.resume();
      since = performance.now();
    },
    // Returns what is recorded so far, of a recording that pauses or has ended.
    file: async () => {
      if (recorder.state === 'inactive') {
        await ended;
      } else {
        const part = new Promise((done) => recorder.addEventListener('dataavailable', done, { once: true }));
        recorder.requestData();
        await part;
      }
      return new Blob(parts, { type });
    },
  };
};

export { startRecording };
