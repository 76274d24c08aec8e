import type { Browser } from '@playwright/test';

import { photo } from '../files.ts';
import { moving, sticker } from '../stickers.ts';
import { serveWeb } from '../web.ts';

/** What the messages of every kind are made of. */
export interface Files {
  /** A JPEG of 800 × 600 pixels. */
  photo: Buffer;
  /** A JPEG that goes with a message. */
  thumbnail: Buffer;
  /** A still sticker. */
  sticker: Buffer;
  /** One that moves. */
  moving: Buffer;
  /** The address of a page about a blue shirt. */
  link: string;
}

/** Makes the files, and serves the page. */
export async function makeFiles(browser: Browser): Promise<Files> {
  const [large, thumbnail, red, green, web] = await Promise.all([
    photo(browser, 'Modelo azul'),
    photo(browser, '', { width: 60, height: 60 }),
    sticker(browser, '#c00'),
    sticker(browser, '#080'),
    serveWeb(),
  ]);
  return { photo: large, thumbnail, sticker: red, moving: moving([red, green]), link: web.link };
}
