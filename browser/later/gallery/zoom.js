// The zoom of a picture on a stage: by wheel, pinch, double click and keys. An enlarged picture is moved by
// dragging. Where there is nothing to move, a finger that crosses the stage asks for another picture.

const MOST = 8;
// One step of a button or a key, and that of a double click.
const STEP = 1.5;
const DOUBLE = 2.5;
// Part of the stage by which one key moves the picture.
const MOVE = 0.15;
// Longest time between the two clicks of a double click in ms, and the distance in pixels between them.
const TWICE = 400;
const NEAR = 24;
// A pointer that moves further than this drags, and a finger that crosses this much of the stage swipes, in pixels.
const DRAG = 6;
const SWIPE = 50;
// Height of a player's own buttons, which are dragged too, in pixels.
const CONTROLS = 80;

const distance = (one, other) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);

const middle = (one, other) => ({
  clientX: (one.clientX + other.clientX) / 2,
  clientY: (one.clientY + other.clientY) / 2,
});

const within = (value, most) => Math.min(most, Math.max(-most, value));

// Calls `onSwipe` with 1 for the next picture and -1 for the previous one, and `onChange` after every change
// of the zoom.
const zoom = (stage, onSwipe, onChange) => {
  const pointers = new Map();
  let picture;
  let scale = 1;
  let [x, y] = [0, 0];
  let start;
  let lastTap;
  let isDragged = false;
  let isSwipe = false;

  // The picture covers the stage as far as it can.
  const place = () => {
    const room = (size, shown) => Math.max(0, (size * scale - shown) / 2);
    x = within(x, room(picture.offsetWidth, stage.clientWidth));
    y = within(y, room(picture.offsetHeight, stage.clientHeight));
    picture.style.transform = scale > 1 ? `translate(${x}px, ${y}px) scale(${scale})` : '';
    stage.classList.toggle('enlarged', scale > 1);
    onChange();
  };

  // Zooms to a scale. The part of the picture at `at` stays there; without it, the one in the middle.
  const zoomTo = (wanted, at) => {
    if (!picture) return;
    const next = Math.min(MOST, Math.max(1, wanted));
    const by = next / scale;
    const { left, top, width, height } = stage.getBoundingClientRect();
    const across = at ? at.clientX - left - width / 2 : 0;
    const down = at ? at.clientY - top - height / 2 : 0;
    x = across - (across - x) * by;
    y = down - (down - y) * by;
    scale = next;
    place();
  };

  const moveBy = (across, down) => {
    if (!picture) return;
    x += across;
    y += down;
    place();
  };

  const onWheel = (event) => {
    if (!picture) return;
    event.preventDefault();
    // Firefox counts in lines; a pinch on a touchpad comes as small steps with Ctrl.
    const pixels = event.deltaY * (event.deltaMode ? 16 : 1);
    zoomTo(scale * Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.002)), event);
  };

  const onDown = (event) => {
    if (event.button) return;
    pointers.set(event.pointerId, event);
    const isOnly = pointers.size === 1;
    const film = event.target.closest('video');
    const isOnControls = film && event.clientY > film.getBoundingClientRect().bottom - CONTROLS;
    isSwipe = isOnly && scale === 1 && event.pointerType !== 'mouse' && !isOnControls;
    isDragged = !isOnly;
    if (isOnly) start = event;
    // A player gets its own clicks.
    if (picture) stage.setPointerCapture(event.pointerId);
  };

  const onMove = (event) => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const [other] = [...pointers.values()].filter((one) => one !== before);
    pointers.set(event.pointerId, event);
    isDragged ||= distance(event, start) > DRAG;
    if (!isDragged) return;
    stage.classList.add('dragged');
    if (other) {
      const [from, to] = [middle(before, other), middle(event, other)];
      zoomTo((scale * distance(event, other)) / Math.max(1, distance(before, other)), to);
      moveBy(to.clientX - from.clientX, to.clientY - from.clientY);
    } else if (scale > 1) {
      moveBy(event.clientX - before.clientX, event.clientY - before.clientY);
    }
  };

  const onTap = (event) => {
    const isSecond = lastTap && event.timeStamp - lastTap.timeStamp < TWICE && distance(event, lastTap) < NEAR;
    lastTap = isSecond ? undefined : event;
    if (isSecond) zoomTo(scale > 1 ? 1 : DOUBLE, event);
  };

  const onUp = (event) => {
    if (!pointers.delete(event.pointerId) || pointers.size) return;
    stage.classList.remove('dragged');
    if (event.type === 'pointercancel') return;
    const [across, down] = [event.clientX - start.clientX, event.clientY - start.clientY];
    if (!isDragged) onTap(event);
    else if (isSwipe && Math.abs(across) > Math.max(SWIPE, 2 * Math.abs(down))) onSwipe(across < 0 ? 1 : -1);
  };

  stage.addEventListener('wheel', onWheel, { passive: false });
  stage.addEventListener('pointerdown', onDown);
  stage.addEventListener('pointermove', onMove);
  stage.addEventListener('pointerup', onUp);
  stage.addEventListener('pointercancel', onUp);
  // The limits depend on the window.
  new ResizeObserver(() => picture && place()).observe(stage);

  return {
    // Begins with another picture, which is shown whole; with none nothing is zoomed.
    of(next) {
      picture = next;
      scale = 1;
      [x, y] = [0, 0];
      stage.classList.remove('enlarged', 'dragged');
      lastTap = undefined;
      onChange();
    },
    enlarge: () => zoomTo(scale * STEP),
    reduce: () => zoomTo(scale / STEP),
    fit: () => zoomTo(1),
    // Moves the part that is shown, in steps to the right and down.
    move: (right, below) => moveBy(-right * MOVE * stage.clientWidth, -below * MOVE * stage.clientHeight),
    isEnlarged: () => scale > 1,
    canEnlarge: () => Boolean(picture) && scale < MOST,
  };
};

export { zoom };
