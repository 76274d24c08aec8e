// Albums: pictures and videos that were sent together are shown as a grid of up to four, and the fourth says how many
// more there are. Each stays the bubble of its message, with its own ticks, reactions and menu; a click opens the
// gallery, which has all of them. The server names the album of each file (`data-album`); this finds neighbours of one
// album and gives each its place (`data-tile`), and `style/components/album.css` makes the grid. Without this script
// they are bubbles as any others.

const SHOWN = 4;

const PICTURE = ':scope > .media > .picture';
// What needs the width of a bubble.
const WIDE = '.quote, .edit, .pending, .msg-failed:not([hidden]), file-upload';

// The side and the album of a bubble that can be a part of a grid; nothing for any other element.
const albumOf = (article) => {
  const album = article.querySelector(':scope > .media > .file[data-album]')?.dataset.album;
  if (!album || !article.querySelector(PICTURE) || article.querySelector(WIDE)) return undefined;
  const caption = article.querySelector(':scope > .text');
  if (caption?.textContent.trim()) return undefined;
  return `${article.matches('.out')} ${album}`;
};

// The place of the part with this index, of so many.
const placeOf = (index, count) => {
  if (count < 2) return undefined;
  if (index >= SHOWN) return 'rest';
  return count === 3 && index === 2 ? 'wide' : String(index + 1);
};

const put = (element, name, value) => {
  if (value === undefined) element.removeAttribute(name);
  else if (element.getAttribute(name) !== value) element.setAttribute(name, value);
};

const lay = (parts) => {
  const count = parts.length;
  parts.forEach((part, index) => {
    const isLast = index === SHOWN - 1 && count > SHOWN;
    put(part, 'data-tile', placeOf(index, count));
    put(part, 'data-more', isLast ? `+${count - SHOWN}` : undefined);
  });
};

const arrange = (lines) => {
  if (!lines.querySelector('[data-album], [data-tile]')) return;
  let parts = [];
  let current;
  for (const line of lines.children) {
    const album = albumOf(line);
    if (album === undefined || album !== current) {
      lay(parts);
      parts = [];
    }
    current = album;
    if (album === undefined) {
      put(line, 'data-tile');
      put(line, 'data-more');
    } else parts.push(line);
  }
  lay(parts);
};

const arrangeAll = () => document.querySelectorAll('.lines').forEach(arrange);

// Bubbles come, change and go with the program, which knows nothing of grids.
const albums = () => {
  const observer = new MutationObserver((changes) => {
    if (changes.some(({ target }) => target.closest?.('.lines') || target.querySelector?.('.lines'))) arrangeAll();
  });
  observer.observe(document.body, { childList: true, subtree: true });
  arrangeAll();
};

export { albums };
