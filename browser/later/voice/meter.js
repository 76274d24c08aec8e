// The volume of a microphone over time.

// Time between two samples, in ms.
const STEP = 100;

// Returns `{ levels, now, close }`: the volumes so far, from 0 to 1, and the one of this moment. `isOn` returns
// true while volumes are to be kept.
const meter = (stream, isOn) => {
  const levels = [];
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);

  const now = () => {
    analyser.getFloatTimeDomainData(samples);
    const power = samples.reduce((sum, sample) => sum + sample * sample, 0);
    return Math.sqrt(power / samples.length);
  };
  const timer = setInterval(() => isOn() && levels.push(now()), STEP);
  const close = () => {
    clearInterval(timer);
    context.close();
  };
  return { levels, now, close };
};

// A voice is rarely louder than a third of the full volume: returns what is drawn of a level, from 0 to 100.
const drawn = (level) => Math.min(100, Math.round(Math.sqrt(level) * 150));

export { drawn, meter };
