// The waveform of a recording that ended, from its sound.

import { waveformOf } from './waveform.js';

// Samples a second; the browser need not keep more than a drawing takes.
const RATE = 8000;
// A longer recording is not decoded, in seconds: its sound would take hundreds of megabytes of memory.
const LONGEST = 300;

const samplesOf = async (file) => {
  const context = new OfflineAudioContext(1, 1, RATE);
  const sound = await context.decodeAudioData(await file.arrayBuffer());
  return sound.getChannelData(0);
};

// `levels` are the volumes that the meter had while it was recorded, for a file that is not decoded.
const recordedWaveform = async (file, seconds, levels) => {
  try {
    if (seconds <= LONGEST) return waveformOf(await samplesOf(file));
  } catch {
    // The browser does not decode what it recorded.
  }
  return waveformOf(levels);
};

export { recordedWaveform };
