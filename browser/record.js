// Recording with a finger: it may be held on the button "Gravar áudio" before the script is there. See
// `later/voice/hold.js`. A click that follows finds the recording begun, or fails with words.
const onPress = async (event) => {
  const { target, pointerType, pointerId: id, clientX: x, clientY: y, timeStamp: at } = event;
  const button = target.closest?.('[data-record]');
  if (!button || pointerType === 'mouse') return;
  const press = { id, x, y, at, isOver: false };
  const onOver = ({ pointerId }) => {
    if (pointerId === id) press.isOver = true;
  };
  addEventListener('pointerup', onOver, { once: true });
  addEventListener('pointercancel', onOver, { once: true });
  try {
    await (await load('./later/voice/voice.js')).record(button, press);
  } catch {
    // The click tries again.
  }
};
