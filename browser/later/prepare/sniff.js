// The type of a file by its first bytes. Names and the system's own idea of a type may be wrong.

// Bytes that `sniff` looks at.
const HEAD = 64;

const BRANDS = {
  'image/avif': ['avif', 'avis'],
  'image/heic': ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1'],
  'audio/mp4': ['M4A ', 'M4B '],
  'video/quicktime': ['qt  '],
};

// The formats of ISO 14496-12, by the brands in the first box.
const brand = (text) => {
  const isOf = ([, brands]) => brands.includes(text.slice(8, 12));
  // A picture may name itself by the container, and its format among the compatible brands.
  if (text.slice(16).includes('avif')) return 'image/avif';
  if (text.slice(8, 11) === '3gp') return 'video/3gpp';
  return Object.entries(BRANDS).find(isOf)?.[0] ?? 'video/mp4';
};

// The format of an MPEG audio frame: the layer is zero in AAC.
const frame = (second) => {
  if ((second & 0xe0) !== 0xe0) return '';
  return (second & 0x06) === 0 ? 'audio/aac' : 'audio/mpeg';
};

// Returns the media type, or an empty text.
const sniff = (head) => {
  const text = String.fromCharCode(...head.subarray(0, HEAD));
  const begins = (start) => text.startsWith(start);
  if (begins('\xff\xd8\xff')) return 'image/jpeg';
  if (begins('\x89PNG\r\n\x1a\n')) return 'image/png';
  if (begins('GIF8')) return 'image/gif';
  if (begins('RIFF') && text.slice(8, 12) === 'WEBP') return 'image/webp';
  if (begins('RIFF') && text.slice(8, 12) === 'WAVE') return 'audio/wav';
  if (text.slice(4, 8) === 'ftyp') return brand(text);
  if (begins('\x1a\x45\xdf\xa3')) return text.includes('webm') ? 'video/webm' : 'video/x-matroska';
  if (begins('OggS')) return text.includes('OpusHead') ? 'audio/ogg' : 'application/ogg';
  if (begins('fLaC')) return 'audio/flac';
  if (begins('ID3')) return 'audio/mpeg';
  if (begins('%PDF-')) return 'application/pdf';
  return head[0] === 0xff ? frame(head[1]) : '';
};

export { HEAD, sniff };
