import { createHash, randomBytes } from 'node:crypto';

import type { Browser } from '@playwright/test';
import { PNG } from 'pngjs';

/** A file as Playwright chooses it. */
export interface Chosen {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** SHA-256 in hex. */
export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A document with bytes that no other file has. */
export function documentOf(size: number, name: string): Chosen {
  return { name, mimeType: 'application/octet-stream', buffer: randomBytes(size) };
}

/** A picture of one colour, as PNG. */
export function square(side: number, [red, green, blue]: [number, number, number]): Buffer {
  const picture = new PNG({ width: side, height: side });
  for (let at = 0; at < picture.data.length; at += 4) picture.data.set([red, green, blue, 255], at);
  return PNG.sync.write(picture);
}

/** A real PDF: a page with the given text. */
export function pdf(words: string): Buffer {
  const text = `BT /F1 24 Tf 72 700 Td (${words}) Tj ET`;
  const objects = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Kids [3 0 R] /Count 1 >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>',
    `<< /Length ${text.length} >>\nstream\n${text}\nendstream`,
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>',
  ];
  let written = '%PDF-1.4\n';
  const places = objects.map((object, index) => {
    const place = written.length;
    written += `${index + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const table = `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${places.join('')}`;
  const trailer = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\nstartxref\n${written.length}\n%%EOF\n`;
  return Buffer.from(written + table + trailer, 'latin1');
}

/** A video of two seconds and 48 pixels a side, without sound: MP4 with H.264, of ffmpeg's test picture. */
export function video(): Buffer {
  return Buffer.from(MP4, 'base64');
}

/** The same video with a codec that neither browsers nor phones have. */
export function foreignVideo(): Buffer {
  const bytes = video();
  bytes.write('xvc1', bytes.indexOf('avc1', bytes.indexOf('stsd')));
  return bytes;
}

/** The beginning of a photo as iPhones take it, which Chromium cannot show. */
export function heic(): Buffer {
  return Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic'), randomBytes(2_000)]);
}

/** A real picture: a page with the given text, as JPEG. */
export async function photo(browser: Browser, words: string, size = { width: 800, height: 600 }): Promise<Buffer> {
  const page = await browser.newPage({ viewport: size });
  await page.setContent(
    `<body style="margin:0;height:100vh;display:grid;place-items:center;color:#fff;font:600 64px sans-serif;` +
      `background:linear-gradient(160deg,#e8a87c,#3b6978)">${words}</body>`,
  );
  const picture = await page.screenshot({ type: 'jpeg', quality: 80 });
  await page.close();
  return picture;
}

/** A real sound: a tone of the given seconds, as WAV. */
export function tone(seconds: number): Buffer {
  const rate = 8_000;
  const samples = Math.round(seconds * rate);
  const wav = Buffer.alloc(44 + samples * 2);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(36 + samples * 2, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(1, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * 2, 28);
  wav.writeUInt16LE(2, 32);
  wav.writeUInt16LE(16, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(samples * 2, 40);
  for (let n = 0; n < samples; n++) wav.writeInt16LE(Math.round(9_000 * Math.sin((n * 440 * 2 * Math.PI) / rate)), 44 + n * 2);
  return wav;
}

// ffmpeg -f lavfi -i testsrc=s=48x48:r=2:d=2 -c:v libx264 -profile:v baseline -crf 51 -pix_fmt yuv420p -an
//   -bsf:v filter_units=remove_types=6 -map_metadata -1 -movflags +faststart -bitexact
const MP4 =
  'AAAAIGZ0eXBpc29tAAACAGlzb21pc28yYXZjMW1wNDEAAAMRbW9vdgAAAGxtdmhkAAAAAAAAAAAAAAAAAAAD6AAAB9AAAQAAAQAAAAAAAAAAAAAAAAEA' +
  'AAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAgAAAmB0cmFrAAAAXHRraGQAAAADAAAAAAAA' +
  'AAAAAAABAAAAAAAAB9AAAAAAAAAAAAAAAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAAAAABAAAAAADAAAAAwAAAAAAAkZWR0cwAAABxl' +
  'bHN0AAAAAAAAAAEAAAfQAAAAAAABAAAAAAHYbWRpYQAAACBtZGhkAAAAAAAAAAAAAAAAAABAAAAAgABVxAAAAAAALWhkbHIAAAAAAAAAAHZpZGUAAAAA' +
  'AAAAAAAAAABWaWRlb0hhbmRsZXIAAAABg21pbmYAAAAUdm1oZAAAAAEAAAAAAAAAAAAAACRkaW5mAAAAHGRyZWYAAAAAAAAAAQAAAAx1cmwgAAAAAQAA' +
  'AUNzdGJsAAAAu3N0c2QAAAAAAAAAAQAAAKthdmMxAAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAADAAMABIAAAASAAAAAAAAAABDExhdmMgbGlieDI2NAAA' +
  'AAAAAAAAAAAAAAAAAAAAAAAAGP//AAAAMWF2Y0MBQsAK/+EAGGdCwAqmETewEQAAAwABAAADAAQPEiYRgAEABmjIQgGUsgAAABBwYXNwAAAAAQAAAAEA' +
  'AAAUYnRydAAAAAAAAATsAAAE7AAAABhzdHRzAAAAAAAAAAEAAAAEAAAgAAAAABRzdHNzAAAAAAAAAAEAAAABAAAAHHN0c2MAAAAAAAAAAQAAAAEAAAAE' +
  'AAAAAQAAACRzdHN6AAAAAAAAAAAAAAAEAAAA3wAAABYAAAAkAAAAIgAAABRzdGNvAAAAAAAAAAEAAANBAAAAPXVkdGEAAAA1bWV0YQAAAAAAAAAhaGRs' +
  'cgAAAAAAAAAAbWRpcmFwcGwAAAAAAAAAAAAAAAAIaWxzdAAAAAhmcmVlAAABQ21kYXQAAADbZYiCP/y7B+hX1Xh8998DC0GeqCg+J7Bt3AMHgvDe4oq4' +
  'XA2AxggjkqJN37/+EiAjQwMD06fiSV4rtv3zfNr6b4xVxhVzz28FSkbrevfAlAgMDQ1APzm3GrYWp33k13C4GwUq4EnDFMzv+9/+8z2/oxf7BHvtsEtQ' +
  'Ja84bhkVPmXPAogGBkghJqDQNkKsoxfgCJNawgAM7CUOrD4Zattf0FKDiRkDoSDQBVgeAOyK1DgRJVD8VnqmPdV0W3C+Ah7/8ff+3iQoIAyUBiX1ClfO' +
  'RRG1Ao3oy5J76gdYAAAAEkGaHPPVdGq6UEYivnjsnxV08AAAACBBmio8/nmjjiri2KWXirLX7PJHxV08VdPqeNFSmLbbfwAAAB5Bmjs8+qjc+9gclOWQ' +
  'ZX0bcR3tBrqLjjAmxbTbb+A=';
