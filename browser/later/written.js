// Sizes, times and names as people read them.

// Characters that change the direction of text; in a name they would hide its ending.
const DIRECTIONS = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;

// Writes a size as `labels::bytes` does: `8 B`, `340 kB`, `2,3 MB`.
const bytes = (size, language = document.documentElement.lang) => {
  if (size < 1e3) return `${size} B`;
  if (size < 1e6) return `${Math.floor(size / 1e3)} kB`;
  const [unit, name] = size < 1e9 ? [1e5, 'MB'] : [1e8, 'GB'];
  const tenths = Math.floor(size / unit);
  return `${Math.floor(tenths / 10)}${language === 'en' ? '.' : ','}${tenths % 10} ${name}`;
};

// Writes a time in seconds as `0:34`, or `1:02:03`.
const clock = (seconds) => {
  const all = Math.max(0, Math.floor(seconds || 0));
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor(all / 60) % 60];
  const two = (number) => String(number).padStart(2, '0');
  return hours ? `${hours}:${two(minutes)}:${two(all % 60)}` : `${minutes}:${two(all % 60)}`;
};

const shownName = (name) => name.replaceAll(DIRECTIONS, '');

export { bytes, clock, shownName };
