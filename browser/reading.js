// Keeps what somebody reads above the end of a conversation where it is on the screen, whatever comes
// or grows below or above it. Not left to the browser's scroll anchoring, which Safari does not have.

// Within so many pixels of the end one is at the end, and follows it.
const AT_END = 48;

const hold = (log) => {
  const bubbles = log.getElementsByTagName('article');
  let anchor;
  let top = 0;
  let place = 0;
  const topOf = (element) => element.getBoundingClientRect().top - log.getBoundingClientRect().top;

  // The first bubble that is on show.
  const note = () => {
    const edge = log.getBoundingClientRect().top;
    let [low, high] = [0, bubbles.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (bubbles[middle].getBoundingClientRect().bottom > edge) high = middle;
      else low = middle + 1;
    }
    place = log.scrollTop;
    anchor = place < -AT_END ? bubbles[low] : undefined;
    top = anchor ? topOf(anchor) : 0;
  };

  // Scrolling of its own is not somebody's: what is read stays the same, to the fraction of a pixel.
  const onScroll = () => log.scrollTop === place || note();
  log.addEventListener('scroll', onScroll, { passive: true });
  new ResizeObserver(() => {
    // Where it was scrolled meanwhile, that is where somebody wants to be.
    if (!anchor?.isConnected || log.scrollTop !== place) {
      note();
      return;
    }
    log.scrollTop += topOf(anchor) - top;
    place = log.scrollTop;
  }).observe(log.firstElementChild);
};
