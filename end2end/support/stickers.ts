import { type Browser, type Locator, type Page, expect } from '@playwright/test';

/** Pixels of a side of the stickers that phones send. */
const SIDE = 512;

/** A still sticker of one colour. */
export async function sticker(browser: Browser, color: string): Promise<Buffer> {
  const page = await browser.newPage();
  const address = await page.evaluate(
    ([side, color]) => {
      const canvas = Object.assign(document.createElement('canvas'), { width: side, height: side });
      // Without alpha there is one chunk with the picture.
      const context = canvas.getContext('2d', { alpha: false })!;
      context.fillStyle = color;
      context.fillRect(0, 0, side, side);
      return canvas.toDataURL('image/webp', 0.8);
    },
    [SIDE, color] as const,
  );
  await page.close();
  return Buffer.from(address.split(',')[1]!, 'base64');
}

function three(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes.subarray(0, 3);
}

function chunk(name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8, name, 'latin1');
  head.writeUInt32LE(content.length, 4);
  return Buffer.concat([head, content, Buffer.alloc(content.length % 2)]);
}

/** The chunk of a still sticker that has its picture. */
function pictureOf(still: Buffer): Buffer {
  // The first chunk follows "RIFF", the length and "WEBP".
  for (let at = 12; at < still.length; ) {
    const length = still.readUInt32LE(at + 4);
    const end = at + 8 + length + (length % 2);
    if (still.toString('latin1', at, at + 4) === 'VP8 ') return still.subarray(at, end);
    at = end;
  }
  throw new Error('the browser made another kind of WebP');
}

/** A sticker that shows each of these still ones for 200 ms, again and again. */
export function moving(frames: Buffer[]): Buffer {
  const place = [three(0), three(0), three(SIDE - 1), three(SIDE - 1), three(200), Buffer.alloc(1)];
  const content = Buffer.concat([
    Buffer.from('WEBP'),
    // The flag of an animation.
    chunk('VP8X', Buffer.concat([Buffer.from([0x02, 0, 0, 0]), three(SIDE - 1), three(SIDE - 1)])),
    chunk('ANIM', Buffer.alloc(6)),
    ...frames.map((frame) => chunk('ANMF', Buffer.concat([...place, pictureOf(frame)]))),
  ]);
  return chunk('RIFF', content);
}

/** Opens the panel for choosing a sticker. */
export async function openStickers(page: Page): Promise<Locator> {
  await page.locator('html[data-actions]').waitFor({ state: 'attached' });
  await page.getByRole('button', { name: 'Emojis', exact: true }).click();
  await page.getByRole('tab', { name: 'Figurinhas' }).click();
  const panel = page.locator('.stickers');
  await expect(panel).toBeVisible();
  await expect(panel.getByText('Carregando…')).toHaveCount(0);
  return panel;
}

/** The stickers of a list of the panel. */
export function stickersIn(panel: Locator, list: 'Favoritas' | 'Recentes'): Locator {
  return panel.getByRole('list', { name: list }).getByRole('button', { name: 'Enviar figurinha' });
}

/** The stickers of the conversation. */
export function shownStickers(page: Page): Locator {
  return page.getByRole('log', { name: 'Mensagens' }).getByRole('img', { name: 'Figurinha' });
}
