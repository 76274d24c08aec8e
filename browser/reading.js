// Keeps the messages above the end of a conversation at the same place on the screen when others
// appear or grow below or above them. It does not use the browser's scroll anchoring, which Safari
// lacks.

// Within this distance of the end in pixels, the view is at the end and follows it.
const AT_END = 48;

const hold = (log) => {
  const bubbles = log.getElementsByTagName('article');
  let anchor;
  let top = 0;
  let place = 0;
  const topOf = (element) => element.getBoundingClientRect().top - log.getBoundingClientRect().top;

  // The first visible bubble.
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

  // The script's own scrolling is not the user's: the visible messages stay in place, to the
  // fraction of a pixel.
  const onScroll = () => log.scrollTop === place || note();
  log.addEventListener('scroll', onScroll, { passive: true });
  new ResizeObserver(() => {
    // The user has scrolled meanwhile, and the new position is theirs.
    if (!anchor?.isConnected || log.scrollTop !== place) {
      note();
      return;
    }
    log.scrollTop += topOf(anchor) - top;
    place = log.scrollTop;
  }).observe(log.firstElementChild);
  // A sentence above the log and a taller composer change the height of the log alone.
  new ResizeObserver(note).observe(log);
};
