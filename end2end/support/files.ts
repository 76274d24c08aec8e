import type { Browser } from '@playwright/test';

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
