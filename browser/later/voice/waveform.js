// The waveform of a voice note: 64 values from 0 to 100, as phones draw it. It travels as hexadecimal text.

const LENGTH = 64;
const MOST = 100;
// Below this part of the full volume, a recording is silence, and its noise is not shown as a voice.
const SILENCE = 0.002;

// Returns the mean volume of each of `length` equal ranges. Fewer samples than ranges are repeated.
const volumes = (samples, length) => {
  const means = [];
  for (let nth = 0; nth < length; nth += 1) {
    const start = Math.floor((nth * samples.length) / length);
    const end = Math.max(start + 1, Math.floor(((nth + 1) * samples.length) / length));
    let sum = 0;
    for (let at = start; at < end; at += 1) sum += Math.abs(samples[at]);
    means.push(sum / (end - start));
  }
  return means;
};

// Returns the waveform of samples from -1 to 1, or of a meter's levels from 0 to 1. The loudest part is 100.
const waveformOf = (samples, length = LENGTH) => {
  if (!samples.length) return [];
  const means = volumes(samples, length);
  const loudest = means.reduce((most, mean) => Math.max(most, mean), 0);
  return means.map((mean) => (loudest < SILENCE ? 0 : Math.round((mean / loudest) * MOST)));
};

const toHex = (values) => values.map((value) => value.toString(16).padStart(2, '0')).join('');

// Reads what a stranger may have sent. Returns an empty list if it is no waveform.
const fromHex = (text) => {
  if (!/^([\da-f]{2}){1,64}$/.test(text ?? '')) return [];
  return text.match(/../g).map((digits) => Math.min(MOST, parseInt(digits, 16)));
};

// Returns the bars of a waveform as the `d` attribute of a path, each in a column that is 2 wide and 100 high.
// Without a waveform they are dots.
const barsOf = (values) => {
  const bars = values.length ? values : Array(LENGTH).fill(0);
  const bar = (value, nth) => {
    const half = Math.max(2, value * 0.46);
    return `M${2 * nth + 1} ${50 - half}v${2 * half}`;
  };
  return bars.map(bar).join('');
};

export { barsOf, fromHex, toHex, waveformOf };
