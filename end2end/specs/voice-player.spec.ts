import type { Locator } from '@playwright/test';

import { expectAccessibleAtAnyWidth } from '../support/axe.ts';
import { tone } from '../support/files.ts';
import { alive, connect, converse, expectTicks, log, login, openChat } from '../support/page.ts';
import { expect, test } from '../support/test.ts';
import { record } from '../support/voice.ts';

/** 64 values that rise. */
const WAVEFORM = Buffer.from(Array.from({ length: 64 }, (_, nth) => nth)).toString('base64');

function now(note: Locator): Promise<number> {
  return note.locator('audio').evaluate((audio: HTMLAudioElement) => audio.currentTime);
}

test('voice notes play one after another, with waveform, speed and position', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  for (const seconds of [20, 3, 3]) {
    await customer.sendMedia(phone, { kind: 'voice', mime: 'audio/wav', bytes: tone(seconds), seconds, waveform: WAVEFORM });
  }
  await customer.send(phone, 'É isso');
  await openChat(page, 'Carla Dias');
  const notes = log(page).getByRole('article').filter({ has: page.locator('audio') });
  await expect(notes).toHaveCount(3);
  const [long, middle, last] = [notes.nth(0), notes.nth(1), notes.nth(2)];
  const playing = () => log(page).locator('audio').evaluateAll((all: HTMLAudioElement[]) => all.map((one) => !one.paused));

  // The drawing rises.
  const bars = await long.locator('.bars path').first().getAttribute('d');
  const heights = [...bars!.matchAll(/v([\d.]+)/g)].map(([, height]) => Number(height));
  expect(heights).toHaveLength(64);
  expect(heights.at(-1)!).toBeGreaterThan(heights[0]!);

  // Only one plays, and the next one plays on.
  await long.getByRole('button', { name: 'Reproduzir' }).click();
  await expect(long.getByRole('button', { name: 'Pausar' })).toBeFocused();
  await expect.poll(() => now(long)).toBeGreaterThan(0);
  await middle.getByRole('button', { name: 'Reproduzir' }).click();
  await expect.poll(playing).toEqual([false, true, false]);
  await expect.poll(playing).toEqual([false, false, true]);
  await expect.poll(playing).toEqual([false, false, false]);
  expect(await now(last)).toBe(0);

  // The position, by keys and by a click.
  const slider = long.getByRole('slider', { name: 'Posição' });
  await slider.press('Home');
  await expect.poll(() => now(long)).toBe(0);
  await slider.press('ArrowRight');
  await slider.press('ArrowRight');
  await slider.press('ArrowLeft');
  await expect.poll(() => now(long)).toBeCloseTo(5, 1);
  await expect(slider).toHaveAttribute('aria-valuetext', '0:05 de 0:20');
  await expect(long).toContainText('−0:15');
  await slider.press('End');
  await expect.poll(() => now(long)).toBeCloseTo(20, 1);
  await slider.click();
  await expect.poll(() => now(long)).toBeCloseTo(10, 0);

  // The speed is the tab's, also after a reload.
  await long.getByRole('button', { name: 'Velocidade 1×' }).click();
  await middle.getByRole('button', { name: 'Velocidade 1,5×' }).click();
  await alive(page, () => page.reload());
  await expect(last.getByRole('button', { name: 'Velocidade 2×' })).toBeVisible();
  await last.getByRole('button', { name: 'Reproduzir' }).click();
  await expect.poll(() => last.locator('audio').evaluate((audio: HTMLAudioElement) => audio.playbackRate)).toBe(2);
});

test('no voice note plays after music', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  await customer.sendMedia(phone, { kind: 'voice', mime: 'audio/wav', bytes: tone(20), seconds: 20, waveform: WAVEFORM });
  await customer.sendMedia(phone, { kind: 'audio', mime: 'audio/wav', bytes: tone(1), seconds: 1 });
  await openChat(page, 'Carla Dias');
  const sounds = log(page).locator('audio');
  await expect(sounds).toHaveCount(2);
  const music = log(page).getByRole('article').filter({ has: page.locator('audio') }).nth(1);
  const ended = sounds.nth(1).evaluate((audio) => new Promise((resolve) => audio.addEventListener('ended', resolve, { once: true })));
  await music.getByRole('button', { name: 'Reproduzir' }).click();
  await ended;
  expect(await sounds.evaluateAll((all: HTMLAudioElement[]) => all.map((one) => one.paused))).toEqual([true, true]);
});

test('our voice note says that the customer played it', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator, 'Vocês entregam no sábado?');
  await phone.sendMedia(customer, { kind: 'voice', mime: 'audio/wav', bytes: tone(2), seconds: 2, waveform: WAVEFORM });
  await customer.until(phone, (messages) => messages.length === 2);
  await customer.read(phone);
  await expectTicks(page, 'Lida');
  await customer.play(phone);
  await expectTicks(page, 'Ouvida');
  await alive(page, () => page.reload());
  await expectTicks(page, 'Ouvida');
});

test('the sender of a voice note learns that it was played here, once', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  for (const seconds of [20, 2]) {
    await customer.sendMedia(phone, { kind: 'voice', mime: 'audio/wav', bytes: tone(seconds), seconds, waveform: WAVEFORM });
  }
  let told = 0;
  page.on('request', (request) => (told += Number(request.url().endsWith('/api/mark_played'))));
  await openChat(page, 'Carla Dias');
  const unplayed = log(page).getByRole('group', { name: 'ainda não ouvido' });
  await expect(unplayed).toHaveCount(2);
  const long = log(page).getByRole('article').filter({ has: page.locator('audio') }).first();
  await long.getByRole('button', { name: 'Reproduzir' }).click();
  const statuses = async () => (await customer.messages(phone)).map(({ status }) => status);
  await expect.poll(statuses).toEqual(['played', 'read']);
  await expect(unplayed).toHaveCount(1);
  // The player stays while the message changes.
  const first = await now(long);
  await expect.poll(() => now(long)).toBeGreaterThan(first);
  await long.getByRole('button', { name: 'Pausar' }).click();
  await long.getByRole('button', { name: 'Reproduzir' }).click();
  await expect(long.getByRole('button', { name: 'Pausar' })).toBeVisible();
  await alive(page, () => page.reload());
  await expect(unplayed).toHaveCount(1);
  await long.getByRole('button', { name: 'Reproduzir' }).click();
  await expect.poll(() => now(long)).toBeGreaterThan(0);
  expect(told).toBe(1);
});

test('without the words for it, the player of the browser is there', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await page.route('**/atendente/inbox-pirata/audio', (route) => route.abort());
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  await customer.sendMedia(phone, { kind: 'voice', mime: 'audio/wav', bytes: tone(2), seconds: 2 });
  await openChat(page, 'Carla Dias');
  await expect(log(page).locator('audio')).toBeVisible();
  await expect(log(page).getByRole('slider')).toHaveCount(0);
});

test('recording and playing are accessible', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  await customer.sendMedia(phone, { kind: 'voice', mime: 'audio/wav', bytes: tone(2), seconds: 2, waveform: WAVEFORM });
  await expect(log(page).getByRole('button', { name: 'Reproduzir' })).toBeVisible();
  const recording = await record(page);
  await recording.getByRole('button', { name: 'Pausar' }).click();
  await expectAccessibleAtAnyWidth(page, 'a recording and a player');
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
});
