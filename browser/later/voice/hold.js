// Recording with a finger: it is held on the button, and its release sends. A slide to the left cancels, one
// upwards locks, so that the finger can go. A short touch locks as well.

// Time in ms after which a touch is held.
const HELD = 400;
// Distances of the slides, in pixels.
const CANCELS = 96;
const LOCKS = 64;

// Returns what a finger wants that moved by `x` and `y` since it touched the button `time` ms ago.
const gestureOf = ({ x, y, time, isOver }) => {
  if (x < -CANCELS && -x > -y) return 'cancel';
  if (y < -LOCKS) return 'lock';
  if (!isOver) return 'hold';
  return time < HELD ? 'lock' : 'send';
};

// Follows a finger. `press` is what `browser/record.js` noted of its touch. `onGesture` gets the gesture and the
// distance to the left; after any other than 'hold' it is not called again.
const followFinger = (press, onGesture) => {
  const listening = new AbortController();
  const report = (gesture, x = 0) => {
    if (gesture !== 'hold') listening.abort();
    onGesture(gesture, Math.max(0, -x));
  };
  const onPointer = ({ type, pointerId, clientX, clientY, timeStamp }) => {
    if (pointerId !== press.id) return;
    const [x, y] = [clientX - press.x, clientY - press.y];
    // The browser took the finger, for a dialog about the microphone for example.
    if (type === 'pointercancel') report('lock');
    else report(gestureOf({ x, y, time: timeStamp - press.at, isOver: type === 'pointerup' }), x);
  };
  if (press.isOver) {
    report('lock');
    return;
  }
  for (const type of ['pointermove', 'pointerup', 'pointercancel']) {
    addEventListener(type, onPointer, { signal: listening.signal });
  }
};

export { followFinger };
