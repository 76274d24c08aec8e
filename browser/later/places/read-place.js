// Reads a point of the map from what people type or paste: coordinates, or the address of a map. Nothing is
// requested from the address.

// Hosts of short links, which do not have the point in them.
const SHORT = /^(?:maps\.app\.goo\.gl|goo\.gl|g\.co|osm\.org|maps\.apple|bit\.ly)$/;

const DEGREES = String.raw`([-+]?\d{1,3}(?:\.\d+)?)`;
// `-15.79,-47.88`, as addresses have it.
const PAIR = new RegExp(String.raw`^\s*${DEGREES}\s*[,~;]\s*${DEGREES}(?![\d.])`);
// `-15.79 -47.88`, as people type it, with any separator.
const TYPED = new RegExp(String.raw`^${DEGREES}\s*[,;\s/]\s*${DEGREES}$`);
// `-15,79; -47,88`: with the decimal comma there are two of them.
const WITH_COMMAS = /^([-+]?\d{1,3},\d+)\s*[,;\s/]\s*([-+]?\d{1,3},\d+)$/;
// `15°47'39.2"S`, `15.79° S` or `15.79 S`. Points of the compass are those of Portuguese and English.
const ANGLE = String.raw`(\d{1,3}(?:[.,]\d+)?)\s*[°º]?\s*(?:(\d{1,2}(?:[.,]\d+)?)\s*['′’]\s*)?(?:(\d{1,2}(?:[.,]\d+)?)\s*(?:["″”]|'')\s*)?`;
const ANGLES = new RegExp(String.raw`^${ANGLE}([NS])[\s,;]*${ANGLE}([LEOW])$`, 'i');
// The mark of a place in addresses of Google Maps, which is more exact than the middle of the map.
const MARK = /!3d(-?\d{1,3}\.\d+)!4d(-?\d{1,3}\.\d+)/;
// The middle of a map of Google.
const MIDDLE = /\/@(-?\d{1,3}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)/;
// The middle of a map of OpenStreetMap.
const FRAGMENT = /^#map=[\d.]+\/(-?\d{1,3}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)/;
// Fields of addresses that may have a point, the place before the middle of the map.
const FIELDS = ['q', 'query', 'daddr', 'destination', 'coordinate', 'll', 'sll', 'center', 'cp'];

const number = (text) => Number(text.replace(',', '.'));

const pair = (found) => found && { latitude: number(found[1]), longitude: number(found[2]) };

const angle = (degrees, minutes, seconds, side) => {
  const size = number(degrees) + number(minutes ?? '0') / 60 + number(seconds ?? '0') / 3600;
  return 'SOW'.includes(side.toUpperCase()) ? -size : size;
};

const typed = (text) => {
  const angles = ANGLES.exec(text);
  if (angles) {
    return { latitude: angle(...angles.slice(1, 5)), longitude: angle(...angles.slice(5, 9)) };
  }
  return pair(WITH_COMMAS.exec(text) ?? TYPED.exec(text));
};

const pointIn = (words) => pair(PAIR.exec(words)) ?? typed(words.trim());

const decoded = (part) => {
  try {
    return decodeURIComponent(part.replaceAll('+', ' '));
  } catch {
    return part;
  }
};

// `geo:-15.79,-47.88?q=-15.79,-47.88(Loja)` (RFC 5870, with the query of Android).
const ofGeo = (text) => {
  const [point, query = ''] = text.slice('geo:'.length).split('?');
  const q = new URLSearchParams(query).get('q') ?? '';
  const at = pair(PAIR.exec(q)) ?? pair(PAIR.exec(point.split(';')[0]));
  const label = /\(([^)]+)\)\s*$/.exec(q)?.[1];
  return at && { ...at, name: label };
};

const ofAddress = (url) => {
  const { pathname, searchParams: fields, hash } = url;
  const name = decoded(/\/maps\/place\/([^/@]+)/.exec(pathname)?.[1] ?? '');
  const title = fields.get('q') ?? '';
  // A name that is itself a point says nothing else.
  const isName = (words) => words && !pointIn(words);
  const called = [name, url.hostname === 'maps.apple.com' ? (fields.get('name') ?? title) : ''].find(isName);
  const given = fields.get('mlat') && `${fields.get('mlat')},${fields.get('mlon')}`;
  const words = [given, ...FIELDS.map((field) => fields.get(field)), ...pathname.split('/').map(decoded)];
  const at =
    pair(MARK.exec(pathname)) ??
    words.map((word) => word && pointIn(word)).find(Boolean) ??
    pair(MIDDLE.exec(pathname) ?? FRAGMENT.exec(hash));
  return at && { ...at, name: called };
};

const addressIn = (text) => {
  const address = /(?:https?:\/\/|www\.|maps\.)\S+/i.exec(text)?.[0];
  if (!address) return undefined;
  try {
    return new URL(/^https?:/i.test(address) ? address : `https://${address}`);
  } catch {
    return undefined;
  }
};

const exists = ({ latitude, longitude }) => Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180;

// Returns `{ latitude, longitude, name }` of a text, where only links have a name, or `{ problem }` with the name of
// the sentence that states it. An empty text has neither.
const readPlace = (written) => {
  // Other signs for minus, as sites write it.
  const text = written.trim().replaceAll(/[−–]/g, '-');
  if (!text) return {};
  const url = addressIn(text);
  const isGeo = /^geo:/i.test(text);
  const place = isGeo ? ofGeo(text) : url ? ofAddress(url) : typed(text);
  if (place) return exists(place) ? place : { problem: 'out_of_range' };
  return { problem: url && SHORT.test(url.hostname) ? 'short_link' : 'unreadable' };
};

export { readPlace };
