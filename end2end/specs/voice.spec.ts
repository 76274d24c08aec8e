import type { Locator, Page } from '@playwright/test';

import { chromium } from '../support/chromium.ts';
import type { Phone, PhoneMessage } from '../support/emulator.ts';
import { chat, converse, log } from '../support/page.ts';
import { expect, test } from '../support/test.ts';
import { bar, expectButtons, expectSaid, expectSeconds, record, watchMicrophone } from '../support/voice.ts';

/** Waits for the voice notes that a customer has from us. */
async function notes(customer: Phone, phone: Phone, count: number): Promise<PhoneMessage[]> {
  const ours = (messages: PhoneMessage[]) => messages.filter(({ from_me, media }) => !from_me && media?.ptt);
  return ours(await customer.until(phone, (messages) => ours(messages).length === count));
}

function field(page: Page): Locator {
  return page.getByRole('textbox', { name: 'Mensagem' });
}

test('a voice note is recorded, paused, heard and sent, and arrives as one', async ({ page, inbox, emulator }) => {
  const microphones = await watchMicrophone(page);
  const [phone, customer] = await converse(page, inbox, emulator);
  await field(page).fill('Um rascunho');
  // It is long enough to be seen playing on a slow machine.
  await record(page, 3);
  await expectButtons(page, ['Cancelar gravação', 'Pausar', 'Visualização única', 'Enviar áudio']);
  await expect(field(page)).toBeHidden();

  await bar(page).getByRole('button', { name: 'Pausar' }).click();
  await expectSaid(page, 'Gravação pausada');
  await expectButtons(page, ['Cancelar gravação', 'Continuar', 'Ouvir', 'Visualização única', 'Enviar áudio']);
  await bar(page).getByRole('button', { name: 'Ouvir' }).click();
  await expectSaid(page, 'Ouvindo a gravação');
  await expectButtons(page, ['Cancelar gravação', 'Continuar', 'Parar de ouvir', 'Visualização única', 'Enviar áudio']);
  await expectButtons(page, ['Cancelar gravação', 'Continuar', 'Ouvir', 'Visualização única', 'Enviar áudio']);
  await bar(page).getByRole('button', { name: 'Continuar' }).click();
  await expectSaid(page, 'Gravando');
  expect(await microphones()).toBe(1);
  await bar(page).getByRole('button', { name: 'Enviar áudio' }).click();
  await expect(bar(page)).toHaveCount(0);
  expect(await microphones()).toBe(0);
  await expect(field(page)).toHaveValue('Um rascunho');
  await expect(field(page)).toBeFocused();

  const [note] = await notes(customer, phone, 1);
  expect(note!.media).toMatchObject({ mime: 'audio/ogg; codecs=opus', ptt: true });
  expect(note!.media!.problem).toBeUndefined();
  expect(note!.media!.seconds).toBeGreaterThanOrEqual(1);
  expect(note!.media!.seconds).toBeLessThan(30);
  const waveform = [...Buffer.from(note!.media!.waveform!, 'base64')];
  expect(waveform).toHaveLength(64);
  expect(Math.max(...waveform)).toBe(100);
  expect(Math.min(...waveform)).toBeLessThan(50);
  // It plays here too.
  const player = log(page).getByRole('group', { name: 'Áudio' });
  await player.getByRole('button', { name: 'Reproduzir' }).click();
  const audio = log(page).locator('audio');
  await expect.poll(() => audio.evaluate((one: HTMLAudioElement) => one.currentTime)).toBeGreaterThan(0.2);
});

test('without a mouse: Enter sends, Esc discards, and a reply goes along', async ({ page, inbox, emulator }) => {
  const microphones = await watchMicrophone(page);
  const [phone, customer] = await converse(page, inbox, emulator);
  const button = page.getByRole('button', { name: 'Gravar áudio' });
  await button.press('Enter');
  await expectSaid(page, 'Gravando');
  await expect(bar(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(bar(page)).toHaveCount(0);
  await expectSaid(page, 'Gravação descartada.');
  expect(await microphones()).toBe(0);
  await expect(field(page)).toBeFocused();

  await log(page).getByRole('article').first().press('r');
  await expect(page.getByRole('button', { name: 'Cancelar resposta' })).toBeVisible();
  await button.press('Enter');
  await expectSaid(page, 'Gravando');
  await expectSeconds(page, 1);
  await page.keyboard.press('Enter');
  const [note] = await notes(customer, phone, 1);
  const [asked] = await customer.messages(phone);
  expect(note!.quoted).toBe(asked!.id);
  await expect(page.getByRole('button', { name: 'Cancelar resposta' })).toHaveCount(0);
  expect((await customer.messages(phone)).length, 'what was discarded is not sent').toBe(2);
});

test('Esc asks before it discards a recording of some length', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  await record(page, 5);
  const questions: string[] = [];
  page.on('dialog', async (question) => {
    questions.push(question.message());
    if (questions.length === 1) await question.dismiss();
    else await question.accept();
  });
  await page.keyboard.press('Escape');
  await expectSaid(page, 'Gravando');
  await expect(bar(page)).toBeVisible();
  expect(questions).toEqual(['Descartar esta gravação?']);
  await page.keyboard.press('Escape');
  await expect(bar(page)).toHaveCount(0);
  expect(questions).toHaveLength(2);
});

test('a logout asks before it discards a recording, and changes nothing without it', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  await record(page);
  const questions: string[] = [];
  page.on('dialog', async (question) => {
    questions.push(question.message());
    if (questions.length === 1) await question.dismiss();
    else await question.accept();
  });
  const leave = page.getByRole('button', { name: 'Sair' });
  await leave.click();
  await expect.poll(() => questions).toEqual(['Descartar esta gravação?']);
  await expectSaid(page, 'Gravando');
  await expect(bar(page)).toBeVisible();
  await leave.click();
  await expect(page).toHaveURL(/\/entrar$/);
  expect(questions).toHaveLength(2);
});

test('another conversation ends a recording, which stays until it is sent to whom it is for', async ({ page, inbox, emulator }) => {
  const microphones = await watchMicrophone(page);
  const [phone, customer] = await converse(page, inbox, emulator);
  const other = await emulator.phone('Bia Reis');
  await other.send(phone, 'Bom dia');
  await record(page);
  await chat(page, 'Bia Reis').click();
  await expectSaid(page, /^A gravação parou quando a conversa foi fechada/);
  expect(await microphones()).toBe(0);
  await expect(bar(page)).toContainText('Áudio para Carla Dias');
  await expectButtons(page, ['Cancelar gravação', 'Ouvir', 'Visualização única', 'Enviar áudio']);
  // There is one recording at a time, and leaving the page would lose it.
  await page.getByRole('button', { name: 'Gravar áudio' }).click();
  await expect(bar(page)).toContainText('antes de gravar outro');
  const question = page.waitForEvent('dialog');
  const left = page.close({ runBeforeUnload: true });
  await (await question).dismiss();
  await left;

  await bar(page).getByRole('button', { name: 'Enviar áudio' }).click();
  await notes(customer, phone, 1);
  expect(await notes(other, phone, 0)).toEqual([]);
  await expect(bar(page)).toHaveCount(0);

  // It goes back to its place with its conversation.
  await record(page);
  await chat(page, 'Carla Dias').click();
  await expect(bar(page)).toContainText('Áudio para Bia Reis');
  await chat(page, 'Bia Reis').click();
  await expect(page.locator('form.composer').getByRole('region', { name: 'Gravação de áudio' })).toBeVisible();
  await bar(page).getByRole('button', { name: 'Cancelar gravação' }).click();
  await expect(field(page)).toBeVisible();
});

test('at its limit a recording stops and can be sent', async ({ page, inbox, emulator }) => {
  const microphones = await watchMicrophone(page);
  const [phone, customer] = await converse(page, inbox, emulator);
  await page.route('**/atendente/inbox-pirata/audio', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: (await answer.text()).replace('data-seconds="1800"', 'data-seconds="2"') });
  });
  await page.getByRole('button', { name: 'Gravar áudio' }).click();
  await expectSaid(page, 'A gravação parou em 30 minutos, que é o máximo. Envie o áudio ou descarte.');
  expect(await microphones()).toBe(0);
  await bar(page).getByRole('button', { name: 'Enviar áudio' }).click();
  await notes(customer, phone, 1);
});

test('the reason why nothing is recorded is said', async ({ page, inbox, emulator, playwright, baseURL }) => {
  await converse(page, inbox, emulator);
  const denying = await playwright.chromium.launch({
    executablePath: chromium(),
    args: ['--no-sandbox', '--disable-gpu', '--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream=deny'],
  });
  const address = page.url();
  const state = await page.context().storageState();
  const denied = await denying.newPage({ baseURL, storageState: state, locale: 'pt-BR', viewport: { width: 390, height: 844 } });
  await denied.goto(address);
  await denied.locator('html[data-actions]').waitFor({ state: 'attached' });
  await denied.getByRole('button', { name: 'Gravar áudio' }).click();
  await expect(denied.getByRole('alert').filter({ hasText: 'não deixou usar o microfone' })).toBeVisible();
  await expect(denied.getByRole('textbox', { name: 'Mensagem' })).toBeVisible();
  await denied.getByRole('button', { name: 'Fechar aviso' }).click();
  await expect(denied.getByRole('alert').filter({ hasText: 'microfone' })).toHaveCount(0);
  await denying.close();

  // A browser that records in another format only, such as Safari.
  await page.evaluate(() => {
    MediaRecorder.isTypeSupported = (type) => type.startsWith('audio/mp4');
  });
  await page.getByRole('button', { name: 'Gravar áudio' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'não grava no formato do WhatsApp (Opus)' })).toBeVisible();
});

test('a recording that the server does not get stays, and is sent later', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  await record(page);
  await page.context().setOffline(true);
  await bar(page).getByRole('button', { name: 'Enviar áudio' }).click();
  // The browser keeps it for the queue of files.
  await expect(bar(page)).toHaveCount(0);
  expect(await notes(customer, phone, 0)).toEqual([]);
  await page.context().setOffline(false);
  await notes(customer, phone, 1);
});

test.describe('with a finger', () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

  test('it is held to record, its release sends, a slide cancels or locks', async ({ page, inbox, emulator }) => {
    const microphones = await watchMicrophone(page);
    const [phone, customer] = await converse(page, inbox, emulator);
    const session = await page.context().newCDPSession(page);
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x = 0, y = 0) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] });
    const press = async () => {
      const box = (await page.getByRole('button', { name: 'Gravar áudio' }).boundingBox())!;
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      await touch('touchStart', x, y);
      await expectSaid(page, 'Gravando');
      await expectSeconds(page, 1);
      return [x, y] as const;
    };

    await press();
    await expect(bar(page)).toContainText('cancela');
    await touch('touchEnd');
    await notes(customer, phone, 1);
    await expect(bar(page)).toHaveCount(0);

    let [x, y] = await press();
    await touch('touchMove', x - 60, y);
    await touch('touchMove', x - 120, y);
    await expectSaid(page, 'Gravação descartada.');
    await touch('touchEnd');
    expect(await microphones()).toBe(0);

    [x, y] = await press();
    await touch('touchMove', x, y - 40);
    await touch('touchMove', x, y - 80);
    await touch('touchEnd');
    await expectButtons(page, ['Cancelar gravação', 'Pausar', 'Visualização única', 'Enviar áudio']);
    // After raw touches Chromium makes no click of a tap.
    await bar(page).getByRole('button', { name: 'Enviar áudio' }).click();
    await notes(customer, phone, 2);
    await expect(bar(page)).toHaveCount(0);

    // A short touch locks at once.
    const button = (await page.getByRole('button', { name: 'Gravar áudio' }).boundingBox())!;
    await touch('touchStart', button.x + button.width / 2, button.y + button.height / 2);
    await touch('touchEnd');
    await expectSaid(page, 'Gravando');
    await expectButtons(page, ['Cancelar gravação', 'Pausar', 'Visualização única', 'Enviar áudio']);
    await bar(page).getByRole('button', { name: 'Cancelar gravação' }).click();
    await expect(bar(page)).toHaveCount(0);

    // Where the finger lifts, a button may have appeared. The click of that finger is none of it.
    const again = page.getByRole('button', { name: 'Gravar áudio' });
    const pointerId = 77;
    // Both at once: the button is hidden as soon as the recording begins.
    await again.evaluate((button, pointerId) => {
      for (const type of ['pointerdown', 'pointerup']) button.dispatchEvent(new PointerEvent(type, { pointerId, pointerType: 'touch', bubbles: true }));
    }, pointerId);
    await expectSaid(page, 'Gravando');
    await bar(page).getByRole('button', { name: 'Pausar' }).evaluate((button, id) => {
      button.dispatchEvent(new PointerEvent('click', { pointerId: id, bubbles: true }));
    }, pointerId);
    await expectSaid(page, 'Gravando');
    await bar(page).getByRole('button', { name: 'Pausar' }).click();
    await expectSaid(page, 'Gravação pausada');
    await bar(page).getByRole('button', { name: 'Cancelar gravação' }).click();
    await expect(bar(page)).toHaveCount(0);
  });
});
