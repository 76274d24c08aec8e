// Whether a picture says where and with what it was taken. A copy that is drawn anew does not.

// The metadata of a camera is before the picture, in the first 64 KiB of a JPEG, and in a chunk of a PNG.
const HEAD = 128 * 1024;
const MARKS = ['Exif\0', 'eXIf', 'http://ns.adobe.com/xap/1.0/', 'XML:com.adobe.xmp'];

const hasExif = async (file) => {
  const bytes = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
  const text = new TextDecoder('latin1').decode(bytes);
  return MARKS.some((mark) => text.includes(mark));
};

export { hasExif };
