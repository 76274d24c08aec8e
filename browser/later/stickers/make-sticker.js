// Makes a sticker of a picture: a WebP of 512 pixels a side, with transparent edges where the picture is not square.

import { isFaithful } from '../prepare/picture.js';
import { MOST_PIXELS, shapeOf } from '../prepare/reduce.js';

const TYPE = 'image/webp';
// The length of a still sticker, in bytes, as phones make them, and the qualities that are tried for it.
const MOST = 100e3;
const QUALITIES = [0.9, 0.8, 0.65, 0.5, 0.35, 0.2, 0.1];
// Bytes at the beginning of a WebP that state if it moves.
const HEAD = 21;
const MOVES = 0x02;

const lettersOf = (bytes, from, to) => String.fromCharCode(...bytes.subarray(from, to));

// Returns 'still' or 'moving' for a WebP, and undefined for any other file.
const webpKind = (bytes) => {
  if (lettersOf(bytes, 0, 4) !== 'RIFF' || lettersOf(bytes, 8, 12) !== 'WEBP') return undefined;
  // Only the extended form has frames.
  return lettersOf(bytes, 12, 16) === 'VP8X' && bytes[20] & MOVES ? 'moving' : 'still';
};

// The place of a picture in a square: the whole of it, in the middle. A small one is made larger.
const placeIn = (side, [width, height]) => {
  const scale = side / Math.max(width, height);
  const [w, h] = [width, height].map((length) => Math.max(1, Math.round(length * scale)));
  return [Math.floor((side - w) / 2), Math.floor((side - h) / 2), w, h];
};

const encode = (canvas, quality) =>
  new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error(TYPE))), TYPE, quality);
  });

const draw = async (file, shape, side) => {
  const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side });
  const context = canvas.getContext('2d');
  context.imageSmoothingQuality = 'high';
  const bitmap = await createImageBitmap(file);
  try {
    context.drawImage(bitmap, ...placeIn(side, shape));
  } finally {
    bitmap.close();
  }
  return canvas;
};

// Returns `{ file, shape, isStill }` of a picture: the sticker, its size, and true if it was a moving picture that the
// sticker shows only the first moment of. A sticker within `limits` stays as it is. Throws an error whose `cause` is
// 'no_picture' or 'no_webp'.
const makeSticker = async (picture, { bytes, side }) => {
  const head = new Uint8Array(await picture.slice(0, HEAD).arrayBuffer());
  const kind = webpKind(head);
  const shape = await shapeOf(picture).catch(() => [0, 0]);
  const [width, height] = shape;
  if (!width || !height || width * height > MOST_PIXELS) throw new Error('', { cause: 'no_picture' });
  if (kind && Math.max(width, height) <= side && picture.size <= bytes) return { file: picture, shape, isStill: false };
  if (!isFaithful()) throw new Error('', { cause: 'no_webp' });
  const canvas = await draw(picture, shape, side).catch(() => {
    throw new Error('', { cause: 'no_picture' });
  });
  let file;
  for (const quality of QUALITIES) {
    file = await encode(canvas, quality);
    // Some browsers make a PNG instead.
    if (file.type !== TYPE) throw new Error('', { cause: 'no_webp' });
    if (file.size <= MOST) break;
  }
  const isStill = kind === 'moving' || lettersOf(head, 0, 4) === 'GIF8';
  return { file, shape: [side, side], isStill };
};

export { makeSticker, placeIn, webpKind };
