// Prepares a file for sending: finds its kind, and makes the copies and measures that go with it. Everything
// happens in the browser.

import { hasExif } from './exif.js';
import { watchFilm } from './film.js';
import { readMp4 } from './mp4.js';
import { reduce } from './reduce.js';
import { HEAD, sniff } from './sniff.js';

// Pictures that phones show as they are, and those of which this makes a JPEG.
const PICTURES = ['image/jpeg', 'image/png'];
const CONVERTED = ['image/webp', 'image/avif', 'image/bmp', 'image/heic', 'image/heif'];
const AUDIO = ['audio/mpeg', 'audio/mp4', 'audio/aac', 'audio/ogg'];
// Sample entries of films that all phones play.
const FILM = ['avc1', 'avc3'];
const SOUND = ['mp4a'];

const documentOf = (type, why = '') => ({ kind: 'document', type, why });

const picture = async (file, type, isKnown) => {
  try {
    const found = { kind: 'image', type, why: '', ...(await reduce(file)) };
    // A picture of a screen, or one that was reduced before, is smaller as it is, and sharper.
    const isSmaller = PICTURES.includes(type) && found.reduced?.size >= file.size && !(await hasExif(file));
    return isSmaller ? { ...found, reduced: file.slice(0, file.size, type), reducedShape: found.shape } : found;
  } catch {
    // A type that only the name states is a lie then.
    const why = type.startsWith('image/hei') ? 'why_heic' : 'why_picture';
    return documentOf(isKnown ? type : 'application/octet-stream', why);
  }
};

const film = async (file, type) => {
  const found = await readMp4(file);
  const isIn = (codecs) => (codec) => codecs.includes(codec);
  const others = found?.codecs.filter((codec) => !isIn([...FILM, ...SOUND])(codec));
  // A track of times or titles does no harm.
  const plays = found?.codecs.some(isIn(FILM)) && others.every(isIn(['tmcd', 'tx3g', 'mett', 'text']));
  const { shape, seconds } = found ?? {};
  if (plays) return { kind: 'video', type, why: '', shape, seconds, ...(await watchFilm(file, 'video')) };
  const isSound = found?.codecs.length && found.codecs.every(isIn(SOUND));
  if (isSound) return { kind: 'audio', type: 'audio/mp4', why: '', seconds };
  return documentOf(type, 'why_video');
};

// Returns `{ kind, type, why, shape, seconds, reduced, reducedShape, preview }` of a file, each if it is known:
// the kind that it is sent as, its media type, and the name of the sentence why it is only a document. Throws
// if it cannot be read.
const inspect = async (file) => {
  const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  const known = sniff(head);
  const type = known || file.type;
  const [group] = type.split('/');
  if (PICTURES.includes(type) || CONVERTED.includes(type)) return picture(file, type, Boolean(known));
  if (type === 'image/gif') return documentOf(type, 'why_gif');
  if (group === 'image') return documentOf(type, 'why_picture');
  if (type === 'video/mp4') return film(file, type);
  if (group === 'video') return documentOf(type, 'why_video');
  if (AUDIO.includes(type)) return { kind: 'audio', type, why: '', ...(await watchFilm(file, 'audio')) };
  if (group === 'audio' || type === 'application/ogg') return documentOf(type, 'why_audio');
  return documentOf(type || 'application/octet-stream', type ? '' : 'why_unknown');
};

// One at a time: the pictures of a camera take much memory while they are decoded. Resolves with undefined if
// `isWanted` returns false when it is the turn of this one.
let last = Promise.resolve();
const prepare = (file, isWanted) => {
  const next = last.then(() => (isWanted() ? inspect(file) : undefined));
  last = next.catch(() => undefined);
  return next;
};

// Decides how a prepared file is sent: `{ kind, body, mime, shape, why, limit }`.
const plan = (file, found, { asDocument, original }, limits) => {
  const whole = { kind: 'document', body: file, mime: found.type };
  if (asDocument || found.kind === 'document') return { ...whole, why: asDocument ? '' : found.why };
  const isPicture = found.kind === 'image';
  const isWhole = !isPicture || original || !found.reduced;
  // As it is, it is shown only in some formats.
  if (isPicture && isWhole && !PICTURES.includes(found.type)) return { ...whole, why: 'why_picture' };
  const [body, mime, shape] = isWhole
    ? [file, found.type, found.shape]
    : [found.reduced, found.reduced.type, found.reducedShape];
  const limit = limits[found.kind];
  if (body.size > limit) return { ...whole, why: 'why_large', limit };
  return { kind: found.kind, body, mime, shape, why: '' };
};

export { plan, prepare };
