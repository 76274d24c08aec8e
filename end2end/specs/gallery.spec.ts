import type { Browser, Locator, Page } from '@playwright/test';

import { expectAccessible } from '../support/axe.ts';
import type { Emulator, Phone } from '../support/emulator.ts';
import { photo, video } from '../support/files.ts';
import type { Inbox } from '../support/inbox.ts';
import { alive, bubble, chat, connect, expectDrawn, log, login, openChat, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

const gallery = (page: Page): Locator => page.getByRole('dialog', { name: 'Galeria' });
const picture = (page: Page): Locator => gallery(page).getByRole('img', { name: 'Foto' });
const button = (page: Page, name: string): Locator => gallery(page).getByRole('button', { name, exact: true });

async function expectPosition(page: Page, words: string): Promise<void> {
  await expect(gallery(page).getByRole('status')).toHaveText(words);
}

/** Waits until the picture with this width in the file is drawn in the gallery. */
async function expectWidth(page: Page, width: number): Promise<void> {
  await expectDrawn(picture(page), width);
}

/** Returns the place of the shown picture on the screen. */
async function boxOf(page: Page): Promise<{ x: number; y: number; width: number; height: number }> {
  const box = await picture(page).boundingBox();
  if (!box) throw new Error('there is no picture');
  return box;
}

/** Sends a picture. Its width tells it from the others, and so does its caption. */
async function sendPicture(browser: Browser, from: Phone, to: Phone, width: number, caption?: string): Promise<string> {
  const size = { width, height: 300 };
  return from.sendMedia(to, { kind: 'image', mime: 'image/jpeg', bytes: await photo(browser, `${width}`, size), caption, ...size });
}

/** Logs in and opens a conversation with three pictures: 301, 302 and 303 pixels wide. */
async function threePictures(page: Page, browser: Browser, inbox: Inbox, emulator: Emulator): Promise<[Phone, Phone, string[]]> {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const ids = [];
  for (const [width, caption] of [[301, 'Tem *esse*?'], [302, undefined], [303, 'Ou esse']] as const) {
    ids.push(await sendPicture(browser, customer, phone, width, caption));
  }
  await openChat(page, 'Carla Dias');
  await expect(log(page).getByRole('img', { name: 'Foto' })).toHaveCount(3);
  return [phone, customer, ids];
}

test('pictures and videos are looked at, enlarged, downloaded and answered', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer, ids] = await threePictures(page, browser, inbox, emulator);
  await customer.sendMedia(phone, { kind: 'video', mime: 'video/mp4', bytes: video(), caption: 'Assim', seconds: 2, width: 48, height: 48 });
  await expect(log(page).getByRole('link', { name: 'Abrir vídeo' })).toBeVisible();

  await bubble(page, 'Tem esse?').getByRole('link', { name: 'Foto' }).click();
  await expectPosition(page, '1 de 4');
  await expectWidth(page, 301);
  await expect(gallery(page)).toContainText('Carla Dias');
  await expect(gallery(page).locator('time')).toContainText(/\d\d:\d\d/);
  await expect(gallery(page).locator('strong', { hasText: /^esse$/ })).toBeVisible();
  await expect(button(page, 'Anterior')).toBeDisabled();

  await button(page, 'Próxima').click();
  await expectPosition(page, '2 de 4');
  await expectWidth(page, 302);
  await expect(gallery(page)).not.toContainText('esse');

  // Enlarged by a double click and the wheel, moved with the mouse, and whole again.
  const whole = await boxOf(page);
  await picture(page).dblclick();
  await expect.poll(async () => (await boxOf(page)).width).toBeCloseTo(whole.width * 2.5, 0);
  await page.mouse.wheel(0, -700);
  await expect.poll(async () => (await boxOf(page)).width).toBeGreaterThan(whole.width * 6);
  const before = await boxOf(page);
  await page.mouse.down();
  await page.mouse.move(whole.x + 100, whole.y + 200, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => (await boxOf(page)).x).toBeLessThan(before.x);
  while (await button(page, 'Diminuir').isEnabled()) await button(page, 'Diminuir').click();
  await expect.poll(async () => boxOf(page)).toEqual(whole);

  const download = page.waitForEvent('download');
  await gallery(page).getByRole('link', { name: 'Baixar' }).click();
  expect((await download).suggestedFilename()).toMatch(/\.jpe?g$/);

  await button(page, 'Responder').click();
  await expect(gallery(page)).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: 'Mensagem' })).toBeFocused();
  await say(page, 'Esse tem');
  await customer.until(phone, (messages) => messages.some((one) => one.text === 'Esse tem' && one.quoted === ids[1]));

  // A video goes on where it was opened, and can be left.
  await log(page).getByRole('link', { name: 'Abrir vídeo' }).click();
  await expectPosition(page, '4 de 4');
  const player = gallery(page).locator('video');
  await expect.poll(() => player.evaluate((player: HTMLVideoElement) => player.currentTime)).toBeGreaterThan(0);
  await expect(button(page, 'Aumentar')).toBeDisabled();
  await button(page, 'Anterior').click();
  await expectWidth(page, 303);
  await button(page, 'Fechar').click();
  await expect(gallery(page)).toHaveCount(0);

  // A click that asks for another tab gets one.
  const tab = page.context().waitForEvent('page');
  await bubble(page, 'Ou esse').getByRole('link', { name: 'Foto' }).click({ modifiers: ['ControlOrMeta'] });
  await expect(await tab).toHaveURL(/\/midia\/\d+$/);
  await expect(gallery(page)).toHaveCount(0);
});

test('the gallery needs no mouse', async ({ page, browser, inbox, emulator }) => {
  await threePictures(page, browser, inbox, emulator);
  const link = bubble(page, 'Tem esse?').getByRole('link', { name: 'Foto' });
  await link.focus();
  await page.keyboard.press('Enter');
  await expectPosition(page, '1 de 3');
  await page.keyboard.press('ArrowLeft');
  await expectPosition(page, '1 de 3');
  await page.keyboard.press('ArrowRight');
  await expectPosition(page, '2 de 3');
  await expectWidth(page, 302);

  const whole = await boxOf(page);
  for (let n = 0; n < 6; n++) await page.keyboard.press('+');
  await expect.poll(async () => (await boxOf(page)).width).toBeCloseTo(whole.width * 8, 0);
  const before = await boxOf(page);
  // The arrows move an enlarged picture.
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  await expect.poll(async () => (await boxOf(page)).x).toBeLessThan(before.x);
  await expect.poll(async () => (await boxOf(page)).y).toBeLessThan(before.y);
  await expectPosition(page, '2 de 3');
  await page.keyboard.press('-');
  await expect.poll(async () => (await boxOf(page)).width).toBeCloseTo((whole.width * 8) / 1.5, 0);
  await page.keyboard.press('0');
  await expect.poll(async () => boxOf(page)).toEqual(whole);

  // The focus goes around inside, in both directions.
  for (const key of ['Tab', 'Shift+Tab']) {
    for (let n = 0; n < 12; n++) {
      await page.keyboard.press(key);
      expect(await gallery(page).evaluate((dialog) => dialog.contains(document.activeElement))).toBe(true);
    }
  }
  await page.keyboard.press('Escape');
  await expect(gallery(page)).toHaveCount(0);
  await expect(link).toBeFocused();

  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await expectPosition(page, '3 de 3');
  await button(page, 'Ir para a mensagem').press('Enter');
  await expect(gallery(page)).toHaveCount(0);
  await expect(bubble(page, 'Ou esse')).toBeFocused();
  await expect(bubble(page, 'Ou esse')).toBeInViewport();
});

test('"back" closes the gallery and leaves the conversation open', async ({ page, browser, inbox, emulator }) => {
  await threePictures(page, browser, inbox, emulator);
  const address = page.url();
  const link = bubble(page, 'Ou esse').getByRole('link', { name: 'Foto' });
  for (let n = 0; n < 2; n++) {
    await link.click();
    await expectPosition(page, '3 de 3');
    await page.goBack();
    await expect(gallery(page)).toHaveCount(0);
    expect(page.url()).toBe(address);
    await expect(link).toBeFocused();
  }
  // Closed in another way it leaves nothing behind.
  await link.click();
  await button(page, 'Fechar').click();
  await expect(gallery(page)).toHaveCount(0);
  await expect.poll(() => page.evaluate(() => history.state)).toBeNull();
  await page.goBack();
  await expect(page).not.toHaveURL(address);
});

test('a picture that is gone says so, and a message that is deleted leaves the gallery', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer, ids] = await threePictures(page, browser, inbox, emulator);
  const second = log(page).getByRole('img', { name: 'Foto' }).nth(1);
  const address = (await second.getAttribute('src'))!;
  await page.route(`**${address}`, (route) => route.fulfill({ status: 404 }));
  await alive(page, () => page.reload());
  await bubble(page, 'Tem esse?').getByRole('link', { name: 'Foto' }).click();
  await button(page, 'Próxima').click();
  await expectPosition(page, '2 de 3');
  await expect(gallery(page).getByRole('alert')).toContainText('não pôde ser mostrado');
  await expect(button(page, 'Aumentar')).toBeDisabled();
  await page.unroute(`**${address}`);
  await button(page, 'Próxima').click();
  await expect(gallery(page).getByRole('alert')).toBeHidden();
  await expectWidth(page, 303);
  await button(page, 'Anterior').click();
  await expectWidth(page, 302);

  await customer.revoke(phone, ids[1]!);
  await expectPosition(page, '2 de 2');
  await expectWidth(page, 303);
  // One that comes meanwhile is the next.
  await sendPicture(browser, customer, phone, 304);
  await expectPosition(page, '2 de 3');
  await button(page, 'Próxima').click();
  await expectWidth(page, 304);
});

test('the next picture is enlarged from its middle, wherever the one before was moved to', async ({ page, browser, inbox, emulator }) => {
  await threePictures(page, browser, inbox, emulator);
  await bubble(page, 'Tem esse?').getByRole('link', { name: 'Foto' }).click();
  for (let step = 0; step < 4; step++) await button(page, 'Aumentar').click();
  await page.mouse.move(640, 400);
  await page.mouse.down();
  await page.mouse.move(1200, 700, { steps: 5 });
  await page.mouse.up();
  await button(page, 'Próxima').click();
  await expectPosition(page, '2 de 3');
  for (let step = 0; step < 4; step++) await button(page, 'Aumentar').click();
  const stage = (await page.locator('.gallery-stage').boundingBox())!;
  const middle = (box: typeof stage) => box.x + box.width / 2;
  await expect.poll(async () => Math.abs(middle(await boxOf(page)) - middle(stage))).toBeLessThan(3);
});

test('before the oldest loaded picture the gallery loads older messages', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  await sendPicture(browser, customer, phone, 301, 'A primeira');
  for (let n = 1; n <= 120; n++) await customer.send(phone, `mensagem ${n}.`);
  await sendPicture(browser, customer, phone, 302, 'A última');
  await expect(chat(page, 'Carla Dias')).toContainText('A última');
  await openChat(page, 'Carla Dias');
  const link = bubble(page, 'A última').getByRole('link', { name: 'Foto' });
  await link.click();
  await expectPosition(page, '1 de 1');
  await page.keyboard.press('ArrowLeft');
  await expectPosition(page, '1 de 2');
  await expectWidth(page, 301);
  await expect(button(page, 'Anterior')).toBeDisabled();
  await button(page, 'Fechar').click();
  await expect(link).toBeFocused();
  await expect(link).toBeInViewport();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('a finger swipes, pinches and taps', async ({ page, browser, inbox, emulator }) => {
    await threePictures(page, browser, inbox, emulator);
    const client = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', points: [number, number][]) =>
      client.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
    /** Moves fingers along straight lines. */
    const drag = async (...fingers: { from: [number, number]; to: [number, number] }[]) => {
      const at = (part: number) =>
        fingers.map(({ from, to }): [number, number] => [from[0] + (to[0] - from[0]) * part, from[1] + (to[1] - from[1]) * part]);
      await touch('touchStart', at(0));
      for (let step = 1; step <= 5; step++) await touch('touchMove', at(step / 5));
      await touch('touchEnd', []);
    };

    await bubble(page, 'Tem esse?').getByRole('link', { name: 'Foto' }).tap();
    await expectPosition(page, '1 de 3');
    await drag({ from: [320, 420], to: [80, 430] });
    await expectPosition(page, '2 de 3');
    await drag({ from: [80, 420], to: [320, 430] });
    await expectPosition(page, '1 de 3');
    // Mostly down is no swipe.
    await drag({ from: [320, 200], to: [240, 600] });
    await expectPosition(page, '1 de 3');

    const whole = await boxOf(page);
    await drag({ from: [180, 420], to: [80, 420] }, { from: [210, 420], to: [310, 420] });
    await expect.poll(async () => (await boxOf(page)).width).toBeGreaterThan(whole.width * 4);
    // It is moved, and no other one comes.
    const before = await boxOf(page);
    await drag({ from: [320, 420], to: [220, 430] });
    await expect.poll(async () => (await boxOf(page)).x).toBeLessThan(before.x);
    await expectPosition(page, '1 de 3');
    // After raw touches Chromium makes no click of a tap.
    await button(page, 'Fechar').click();
    await expect(gallery(page)).toHaveCount(0);
  });
});

test('the gallery is accessible, and dark in both schemes', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer] = await threePictures(page, browser, inbox, emulator);
  const caption = 'Uma legenda muito longa. '.repeat(40);
  await sendPicture(browser, customer, phone, 304, caption);
  const ground = () => gallery(page).evaluate((dialog) => getComputedStyle(dialog).backgroundColor);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await bubble(page, 'Uma legenda').getByRole('link', { name: 'Foto' }).click();
    await expectPosition(page, '4 de 4');
    await expectWidth(page, 304);
    const box = await boxOf(page);
    expect(box.x).toBeGreaterThanOrEqual(0);
    expect(box.x + box.width).toBeLessThanOrEqual(width);
    await expectAccessible(page, `the gallery, ${width} pixels wide`);
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme });
      await expect.poll(ground).toMatch(/^oklch\(0\.15 /);
    }
    await button(page, 'Fechar').click();
    await expect(gallery(page)).toHaveCount(0);
  }
});
