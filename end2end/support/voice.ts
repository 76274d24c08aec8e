import { type Locator, type Page, expect } from '@playwright/test';

/** The bar of a recording. */
export function bar(page: Page): Locator {
  return page.getByRole('region', { name: 'Gravação de áudio' });
}

/** Counts the microphones that pages of this tab hold open. Call it before the first page is loaded. */
export async function watchMicrophone(page: Page): Promise<() => Promise<number>> {
  await page.addInitScript(() => {
    const tracks: MediaStreamTrack[] = [];
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await open(wanted);
      tracks.push(...stream.getTracks());
      return stream;
    };
    Object.assign(globalThis, { openMicrophones: () => tracks.filter((track) => track.readyState === 'live').length });
  });
  return () => page.evaluate(() => (globalThis as unknown as { openMicrophones: () => number }).openMicrophones());
}

/** Waits until what screen readers say about the recording is this. */
export async function expectSaid(page: Page, words: string | RegExp): Promise<void> {
  await expect(page.getByRole('status').last()).toHaveText(words);
}

/** Waits until so many seconds are recorded. */
export async function expectSeconds(page: Page, seconds: number): Promise<void> {
  const shown = async () => Number((await bar(page).getByRole('timer').innerText()).replace('0:', ''));
  await expect.poll(shown, { message: 'seconds on the clock of the recording' }).toBeGreaterThanOrEqual(seconds);
}

/** Clicks on "Gravar áudio" and waits until something is recorded. */
export async function record(page: Page, seconds = 1): Promise<Locator> {
  await page.getByRole('button', { name: 'Gravar áudio' }).click();
  await expectSaid(page, 'Gravando');
  await expectSeconds(page, seconds);
  return bar(page);
}

/** The names of the buttons that the bar offers. */
export async function expectButtons(page: Page, names: string[]): Promise<void> {
  const shown = () => bar(page).getByRole('button').evaluateAll((buttons) => buttons.map((button) => button.ariaLabel));
  await expect.poll(shown, { message: 'buttons of the recording' }).toEqual(names);
}
