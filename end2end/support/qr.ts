import { type Locator, expect } from '@playwright/test';
import jsQR from 'jsqr';
import { PNG } from 'pngjs';

/** The picture a phone's camera would read. */
export function qrPicture(page: { getByRole: Locator['getByRole'] }): Locator {
  return page.getByRole('img', { name: 'QR Code do WhatsApp' });
}

/** Takes a picture of the QR as the page shows it and reads it. */
export async function readQr(page: { getByRole: Locator['getByRole'] }): Promise<string> {
  const picture = qrPicture(page);
  await expect(picture).toBeVisible();
  let text = '';
  // A picture taken while one code replaces another cannot be read.
  await expect(async () => {
    text = decode(await picture.screenshot());
    expect(text).not.toBe('');
  }).toPass();
  return text;
}

/** The text of a QR in a PNG, or nothing. */
export function decode(png: Buffer): string {
  const { data, width, height } = PNG.sync.read(png);
  return jsQR.default(new Uint8ClampedArray(data), width, height)?.data ?? '';
}
