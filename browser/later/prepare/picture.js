// Pictures on canvases: smaller copies, and the small preview that goes with a message. In a
// worker it makes them beside the page (`reduce.js`); it imports nothing, because workers may not.

// The longest side of a copy and its quality, as phones send them.
const SIDE = 1600;
const QUALITY = 0.85;
const PREVIEW_SIDE = 96;
const PREVIEW_QUALITY = 0.6;

// The size of a picture in a box, with its proportions. It never grows.
const fit = (width, height, side) => {
  const scale = Math.min(1, side / Math.max(width, height));
  return [width, height].map((length) => Math.max(1, Math.round(length * scale)));
};

const canvasOf = (width, height) => {
  if (globalThis.OffscreenCanvas) return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement('canvas'), { width, height });
};

// A picture or the frame of a film on a canvas. JPEG has no transparency.
const draw = (source, width, height) => {
  const canvas = canvasOf(width, height);
  const context = canvas.getContext('2d', { alpha: false });
  context.fillStyle = '#fff';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(source, 0, 0, width, height);
  return canvas;
};

const jpeg = (canvas, quality) => {
  const type = 'image/jpeg';
  if (canvas.convertToBlob) return canvas.convertToBlob({ type, quality });
  return new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error(type))), type, quality);
  });
};

const previewOf = (source, width, height) => jpeg(draw(source, ...fit(width, height, PREVIEW_SIDE)), PREVIEW_QUALITY);

// Returns true if a canvas gives back what was drawn. Some browsers return noise, against tracking.
const isFaithful = () => {
  const context = canvasOf(1, 1).getContext('2d');
  context.fillStyle = '#135';
  context.fillRect(0, 0, 1, 1);
  return String([...context.getImageData(0, 0, 1, 1).data]) === '17,51,85,255';
};

// Returns `{ reduced, reducedShape, preview }` of a picture with this width and height: a JPEG of at most `SIDE`
// pixels, its size, and the preview. In a browser that returns noise there are none. Throws if the browser cannot
// decode the picture.
const copiesOf = async (file, shape) => {
  const reducedShape = fit(...shape, SIDE);
  const [resizeWidth, resizeHeight] = reducedShape;
  const options = { resizeWidth, resizeHeight, resizeQuality: 'high' };
  const bitmap = await createImageBitmap(file, options).catch(() => createImageBitmap(file));
  try {
    if (!isFaithful()) return {};
    const canvas = draw(bitmap, ...reducedShape);
    const preview = await previewOf(canvas, ...reducedShape);
    return { reduced: await jpeg(canvas, QUALITY), reducedShape, preview };
  } finally {
    bitmap.close();
  }
};

if (!globalThis.document) {
  globalThis.onmessage = async ({ data: { n, file, shape } }) => {
    try {
      globalThis.postMessage({ n, copies: await copiesOf(file, shape) });
    } catch (error) {
      globalThis.postMessage({ n, error: String(error) });
    }
  };
}

export { copiesOf, isFaithful, previewOf };
