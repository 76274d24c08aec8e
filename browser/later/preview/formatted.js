// WhatsApp's formatting of a text, by the rules of `text::rich` (crates/text/src), which formats what was sent. Both
// have the cases of crates/text/tests/formatting.tsv. The server knows more links.
//
// A piece is a string, or `{ element, within }` with the name of an element and the pieces in it.

const STYLES = { '*': 'strong', _: 'em', '~': 's' };
const FENCE = '```';
const LINK = /(?:https?:\/\/|www\.)[^\s<>"'`]+|[a-z\d][\w.+-]{0,63}@[a-z\d-]+(?:\.[a-z\d-]+)+/iy;
// What ends a sentence is no part of a link in it.
const LINK_ENDS = '.,;:!?)]}';
const LETTER = /[\p{Alphabetic}\p{N}\p{M}]/u;
const SPACE = /\p{White_Space}/u;

const before = (text, at) => {
  const unit = text.charCodeAt(at - 1);
  const isPair = unit >= 0xdc00 && unit < 0xe000 && at > 1;
  return text.slice(Math.max(0, at - (isPair ? 2 : 1)), at);
};
const after = (text, at) => (at < text.length ? String.fromCodePoint(text.codePointAt(at)) : '');
const isWord = (letter) => LETTER.test(letter);
const isSpace = (letter) => SPACE.test(letter);

const add = (pieces, more) => {
  for (const piece of more) {
    if (piece === '') continue;
    if (typeof piece === 'string' && typeof pieces.at(-1) === 'string') pieces[pieces.length - 1] += piece;
    else pieces.push(piece);
  }
};

// Returns the spans between triple backticks, `{ start, end, inner }`.
const fenced = (text) => {
  const spans = [];
  let opened;
  for (let at = text.indexOf(FENCE); at >= 0; at = text.indexOf(FENCE, at)) {
    const [start, end] = [at, at + FENCE.length];
    at = start + 1;
    if (opened) {
      if (opened.content < start && !isWord(after(text, end))) {
        spans.push({ start: opened.start, end, inner: text.slice(opened.start + FENCE.length, start) });
        opened = undefined;
        at = end;
      }
    } else if (end < text.length && text[end] !== '`' && !isWord(before(text, start))) {
      let content = end;
      while (content < text.length && isSpace(text[content])) content += 1;
      opened = { start, content };
      at = end;
    }
  }
  return spans;
};

// Adds the spans between single backticks in a part of a text.
const ticked = (text, from, to, spans) => {
  let opened;
  for (let at = from; at < to; at += 1) {
    if (text[at] === '\n') opened = undefined;
    if (text[at] !== '`') continue;
    const [previous, following] = [before(text, at), after(text, at + 1)];
    if (previous === '`' || following === '`') continue;
    if (opened !== undefined && !isSpace(previous) && !isWord(following)) {
      spans.push({ start: opened, end: at + 1, inner: text.slice(opened + 1, at) });
      opened = undefined;
    } else if (!isWord(previous) && following && !isSpace(following)) {
      opened = at;
    }
  }
};

const monospaced = (text) => {
  const spans = [];
  let from = 0;
  for (const span of fenced(text)) {
    ticked(text, from, span.start, spans);
    spans.push(span);
    from = span.end;
  }
  ticked(text, from, text.length, spans);
  return spans;
};

const trimLink = (link) => {
  let end = link.length;
  while (LINK_ENDS.includes(link[end - 1] ?? ' ')) end -= 1;
  return link.slice(0, end);
};

// Returns the end of the link that begins here. A marker at its end that closes an open style is not part of it.
const linkEnd = (text, at, open) => {
  if (isWord(before(text, at))) return undefined;
  LINK.lastIndex = at;
  const [found] = LINK.exec(text) ?? [];
  if (!found) return undefined;
  let link = trimLink(found);
  const markers = open.map(({ marker }) => marker);
  while (!isWord(after(text, at + link.length)) && markers.includes(link.at(-1))) {
    markers.splice(markers.indexOf(link.at(-1)), 1);
    link = trimLink(link.slice(0, -1));
  }
  return at + link.length;
};

// Reads a part of a text within a line. `monos` are the spans that are still ahead.
const inLine = (text, from, to, monos) => {
  const done = [];
  const open = [];
  const within = () => open.at(-1)?.within ?? done;
  const abandon = (depth) => {
    while (open.length > depth) {
      const last = open.pop();
      add(within(), [last.marker, ...last.within]);
    }
  };
  let words = from;
  let at = from;
  while (at < to) {
    if (monos[0]?.start === at) {
      const mono = monos.shift();
      add(within(), [text.slice(words, at)]);
      if (mono.inner.includes('\n')) abandon(0);
      add(within(), [{ element: 'code', within: [mono.inner] }]);
      at = words = mono.end;
      continue;
    }
    const end = linkEnd(text, at, open);
    if (end > at) {
      add(within(), [text.slice(words, at), { element: 'a', within: [text.slice(at, end)] }]);
      at = words = end;
      continue;
    }
    const marker = text[at];
    if (Object.hasOwn(STYLES, marker)) {
      const depth = open.findIndex((one) => one.marker === marker);
      const [previous, following] = [before(text, at), after(text, at + 1)];
      const closes = !isWord(following) && previous && previous !== marker && !isSpace(previous);
      const opens = !isWord(previous) && following && following !== marker && !isSpace(following);
      if (depth >= 0 && closes) {
        add(within(), [text.slice(words, at)]);
        abandon(depth + 1);
        const { within: pieces } = open.pop();
        add(within(), [{ element: STYLES[marker], within: pieces }]);
        words = at + 1;
      } else if (depth < 0 && opens) {
        add(within(), [text.slice(words, at)]);
        open.push({ marker, within: [] });
        words = at + 1;
      }
    }
    at += 1;
  }
  add(within(), [text.slice(words, to)]);
  abandon(0);
  return done;
};

// Returns the lines of a text, `[start, end]`. A break within a monospaced span begins no line.
const linesOf = (text, monos) => {
  const lines = [];
  let start = 0;
  let nth = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    while (monos[nth]?.end <= at) nth += 1;
    if (monos[nth]?.start <= at) continue;
    lines.push([start, at]);
    start = at + 1;
  }
  lines.push([start, text.length]);
  return lines;
};

// Returns the element of the block that a line belongs to, and the length of its marker that is not shown.
const blockOf = (line) => {
  const [marker] = /^(?:[-*>] |\d{1,9}\. )/.exec(line) ?? [''];
  if (!marker || !line.slice(marker.length).trim()) return ['', 0];
  if (marker === '> ') return ['blockquote', 2];
  return marker.length === 2 ? ['ul', 2] : ['ol', 0];
};

// Returns the pieces of a text.
const formatted = (text) => {
  const monos = monospaced(text);
  const ahead = [...monos];
  const pieces = [];
  let block = '';
  for (const [start, end] of linesOf(text, monos)) {
    const [element, skipped] = blockOf(text.slice(start, end));
    const within = inLine(text, start + skipped, end, ahead);
    const last = element && element === block ? pieces.at(-1) : undefined;
    block = element;
    if (!element) add(pieces, [...within, end < text.length ? '\n' : '']);
    else if (element === 'blockquote' && last) add(last.within, ['\n', ...within]);
    else if (element === 'blockquote') pieces.push({ element, within });
    else if (last) last.within.push({ element: 'li', within });
    else pieces.push({ element, within: [{ element: 'li', within }] });
  }
  return pieces;
};

export { formatted };
