// What an MP4 file states about itself: codecs, size and duration. Browsers play films that phones do not,
// and the other way round, so it is read from the file.

// The box that describes the tracks is not larger in honest files.
const MOST = 16 * 1024 * 1024;
// Boxes inside which there are others that matter here.
const OUTER = ['trak', 'mdia', 'minf', 'stbl'];

const nameAt = (view, at) => String.fromCharCode(...[0, 1, 2, 3].map((n) => view.getUint8(at + n)));

// Reads the length and name of the box at `at`. The length may have eight bytes, or reach to the end.
const boxAt = (view, at, end) => {
  const short = view.getUint32(at);
  const isLong = short === 1;
  const length = isLong ? Number(view.getBigUint64(at + 8)) : short || end - at;
  return { name: nameAt(view, at + 4), content: at + (isLong ? 16 : 8), end: at + length };
};

// Returns the content of the box `moov`, wherever it is in the file.
const findMoov = async (file) => {
  let at = 0;
  while (at + 8 <= file.size) {
    const head = new DataView(await file.slice(at, at + 16).arrayBuffer());
    if (head.byteLength < 16) return undefined;
    const box = boxAt(head, 0, file.size - at);
    if (box.end < 8) return undefined;
    if (box.name === 'moov') {
      if (box.end > MOST) return undefined;
      return new DataView(await file.slice(at + box.content, at + box.end).arrayBuffer());
    }
    at += box.end;
  }
  return undefined;
};

// Calls `visit` for all boxes of a range, also for those inside tracks.
const walk = (view, from, to, visit) => {
  let at = from;
  while (at + 16 <= to) {
    const box = boxAt(view, at, to);
    if (box.end < at + 8 || box.end > to) return;
    visit(box);
    if (OUTER.includes(box.name)) walk(view, box.content, box.end, visit);
    at = box.end;
  }
};

// Sizes in a track's header are fixed-point numbers, and a rotated track is on its side.
const shapeOf = (view, { content, end }) => {
  const isTurned = view.getInt32(end - 44) === 0 && view.getInt32(end - 40) !== 0;
  const sides = [view.getUint32(end - 8) >>> 16, view.getUint32(end - 4) >>> 16];
  return content + 80 > end || sides.includes(0) ? undefined : isTurned ? sides.reverse() : sides;
};

const secondsOf = (view, { content }) => {
  const isLong = view.getUint8(content) === 1;
  const scale = view.getUint32(content + (isLong ? 20 : 12));
  const length = isLong ? Number(view.getBigUint64(content + 24)) : view.getUint32(content + 16);
  return scale ? length / scale : undefined;
};

// Returns `{ codecs, shape, seconds }`, with the names of the sample entries as codecs, or undefined if the
// file is not one.
const readMp4 = async (file) => {
  try {
    const view = await findMoov(file);
    if (!view) return undefined;
    const found = { codecs: [], shape: undefined, seconds: undefined };
    walk(view, 0, view.byteLength, (box) => {
      if (box.name === 'mvhd') found.seconds = secondsOf(view, box);
      if (box.name === 'tkhd') found.shape ??= shapeOf(view, box);
      if (box.name === 'stsd' && box.content + 16 <= box.end) found.codecs.push(nameAt(view, box.content + 12));
    });
    return found;
  } catch (error) {
    // It ends in the middle of a number.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
};

export { readMp4 };
