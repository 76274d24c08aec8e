import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import puppeteer, { type Page } from 'puppeteer-core';

import { expect, test as base } from './test.ts';
import { decode } from './qr.ts';

/**
 * Every test has a Firefox of its own. It is Debian's, since Playwright drives only the one it
 * builds itself.
 */
export const test = base.extend<{ firefox: Page }>({
  firefox: async ({}, use, info) => {
    // Firefox does not start if the home folder is not writable or belongs to another user.
    const home = await mkdtemp(join(tmpdir(), 'inbox-pirata-firefox-'));
    const browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: process.env['FIREFOX_BIN'] ?? '/usr/bin/firefox-esr',
      headless: true,
      env: { ...process.env, HOME: home },
      defaultViewport: { width: 1280, height: 800 },
      extraPrefsFirefox: { 'intl.accept_languages': 'pt-BR' },
    });
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on('pageerror', (error) => {
      // A page that is left while it loads its program says so. Where the program is really missing, the test fails
      // by what the page does not do.
      if (!String(error).includes('error loading dynamically imported module')) errors.push(String(error));
    });
    await use(page);
    if (info.status !== info.expectedStatus) {
      await info.attach('firefox.png', { body: Buffer.from(await page.screenshot()), contentType: 'image/png' });
    }
    await browser.close();
    await rm(home, { recursive: true, force: true });
    expect(errors, 'errors in the page').toEqual([]);
  },
});

/** Waits for an element by its role and its whole accessible name. */
export async function byRole(page: Page, role: string, name: string) {
  const found = await page.waitForSelector(`aria/${name}[role="${role}"]`, { timeout: 15_000 });
  if (!found) throw new Error(`there is no ${role} "${name}"`);
  return found;
}

/** Waits for an element by a CSS selector. */
export async function bySelector(page: Page, selector: string) {
  const found = await page.waitForSelector(selector, { timeout: 15_000 });
  if (!found) throw new Error(`there is no ${selector}`);
  return found;
}

/**
 * Runs `visit` and waits until the page it leads to is live: hydrated, and listening for changes.
 */
export async function alive(page: Page, visit: () => Promise<unknown>): Promise<void> {
  await page.evaluate(() => delete document.documentElement.dataset['live']);
  await visit();
  await bySelector(page, 'html[data-live=up]');
}

/** Reads the QR from a picture of it. */
export async function readQr(page: Page): Promise<string> {
  // The QR is not found by its role: the page's `img` is `image` in Firefox.
  const picture = await bySelector(page, '[role=img][aria-label="QR Code do WhatsApp"]');
  let text = '';
  await expect(async () => {
    text = decode(Buffer.from(await picture.screenshot()));
    expect(text).not.toBe('');
  }).toPass();
  return text;
}

/** Waits until an element shows a text. */
export async function expectText(page: Page, selector: string, text: string): Promise<void> {
  const shown = () => page.evaluate((selector) => document.querySelector<HTMLElement>(selector)?.innerText ?? '', selector);
  await expect.poll(shown, { message: `text of ${selector}` }).toContain(text);
}

/** Waits until a property of an element has a value. */
export async function expectProperty(page: Page, selector: string, property: string, value: unknown): Promise<void> {
  const read = () =>
    page.evaluate((selector, property) => Reflect.get(document.querySelector(selector) ?? {}, property) as unknown, selector, property);
  await expect.poll(read, { message: `${property} of ${selector}` }).toBe(value);
}
