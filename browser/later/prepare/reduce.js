// Makes a picture smaller, in a worker where there is one: decoding a large picture would hold up the page.

import { copiesOf } from './picture.js';

// Larger pictures are not decoded; no camera makes them.
const MOST_PIXELS = 220e6;
// A worker without work goes after this time, in ms.
const IDLE = 30000;

let worker;
let timer;
let count = 0;
const waiting = new Map();

const stop = () => {
  worker?.terminate();
  worker = undefined;
};

const start = () => {
  worker = new Worker(new URL('./picture.js', import.meta.url), { type: 'module' });
  worker.onmessage = ({ data: { n, copies, error } }) => {
    const [done, fail] = waiting.get(n);
    waiting.delete(n);
    if (error) fail(new Error(error));
    else done(copies);
  };
  // It did not start.
  worker.onerror = () => {
    stop();
    for (const [, , giveUp] of waiting.values()) giveUp();
    waiting.clear();
  };
};

// Returns undefined without a worker.
const inWorker = async (file, shape) => {
  if (!globalThis.OffscreenCanvas) return undefined;
  clearTimeout(timer);
  if (!worker) start();
  count += 1;
  const n = count;
  try {
    return await new Promise((done, fail) => {
      waiting.set(n, [done, fail, () => done(undefined)]);
      worker.postMessage({ n, file, shape });
    });
  } finally {
    clearTimeout(timer);
    timer = setTimeout(stop, IDLE);
  }
};

// The size of a picture as it is shown, which needs only its beginning.
const shapeOf = async (file) => {
  const src = URL.createObjectURL(file);
  try {
    const picture = new Image();
    await new Promise((done, fail) => {
      picture.onload = done;
      picture.onerror = () => fail(new Error(file.type));
      picture.src = src;
    });
    return [picture.naturalWidth, picture.naturalHeight];
  } finally {
    URL.revokeObjectURL(src);
  }
};

// Returns the `shape` of a picture with what `copiesOf` makes of it. Throws if the browser cannot decode it.
const reduce = async (file) => {
  const shape = await shapeOf(file);
  if (!shape[0] || shape[0] * shape[1] > MOST_PIXELS) throw new Error(file.type);
  const copies = (await inWorker(file, shape)) ?? (await copiesOf(file, shape));
  return { shape, ...copies };
};

export { MOST_PIXELS, reduce, shapeOf };
