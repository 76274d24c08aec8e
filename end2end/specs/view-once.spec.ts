import type { Page } from '@playwright/test';

import { attach, dialog, filesOn, sendChosen } from '../support/attach.ts';
import { pdf, photo, sha256, video } from '../support/files.ts';
import { bubble, chat, converse, expectTicks, log, openChat } from '../support/page.ts';
import { expect, test } from '../support/test.ts';
import { bar, record } from '../support/voice.ts';

function once(page: Page) {
  return dialog(page).getByRole('switch', { name: 'Visualização única' });
}

test('a photo to be viewed once arrives so, and nobody opens it here', async ({ page, browser, browserOf, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const admin = await browserOf(await inbox.addUser('Bruno Braga', 'admin'));
  await chat(admin, 'Carla Dias').click();
  const taken = await photo(browser, 'Segredo');
  await attach(page, { name: 'segredo.jpg', mimeType: 'image/jpeg', buffer: taken });
  await once(page).check();
  await dialog(page).getByRole('textbox', { name: 'Legenda' }).fill('só uma vez');
  const begun = page.waitForResponse((answer) => answer.url().endsWith('/envios'));
  await sendChosen(page);
  const { message } = (await (await begun).json()) as { message: number };

  const [arrived] = await filesOn(customer, phone, 1);
  expect(arrived).toMatchObject({ kind: 'image', caption: 'só uma vez', view_once: true });
  await expectTicks(page, 'Entregue');
  for (const reader of [page, admin]) {
    const shown = bubble(reader, 'só uma vez');
    await expect(shown).toContainText('Foto');
    await expect(shown).toContainText('de visualização única');
    await expect(shown.locator('.media img, .media a[href], file-upload')).toHaveCount(0);
    await shown.hover();
    await shown.getByRole('button', { name: 'Mais ações' }).click();
    await expect(reader.getByRole('menuitem', { name: /^Copiar/ })).toBeVisible();
    await expect(reader.getByRole('menuitem', { name: /^Encaminhar/ })).toHaveCount(0);
    await reader.keyboard.press('Escape');
    await expect(chat(reader, 'Carla Dias')).toContainText('só uma vez');
    for (const address of [`/midia/${message}`, `/midia/${message}/previa`]) {
      expect((await reader.request.get(address)).status(), address).toBe(404);
    }
  }
  await emulator.expectNothingUnanswered();
});

test('the switch is there for one photo or video, and nothing else goes by it', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const shown = await attach(page, { name: 'filme.mp4', mimeType: 'video/mp4', buffer: video() });
  await once(page).check();
  await shown.getByRole('checkbox', { name: 'Enviar como documento' }).check();
  await expect(once(page)).toHaveCount(0);
  await shown.getByRole('checkbox', { name: 'Enviar como documento' }).uncheck();
  await expect(once(page)).toBeChecked();
  await sendChosen(page);
  const [film] = await filesOn(customer, phone, 1);
  expect(film).toMatchObject({ kind: 'video', sha256: sha256(video()), view_once: true });
  await expect(log(page).getByRole('article').last()).toContainText('de visualização única');

  await attach(page, { name: 'foto.jpg', mimeType: 'image/jpeg', buffer: await photo(browser, 'Modelo azul') });
  await once(page).check();
  const chooser = page.waitForEvent('filechooser');
  await dialog(page).getByRole('button', { name: 'Adicionar arquivos' }).click();
  await (await chooser).setFiles({ name: 'nota.pdf', mimeType: 'application/pdf', buffer: pdf('Nota') });
  await expect(once(page)).toHaveCount(0);
  await sendChosen(page);
  const all = await filesOn(customer, phone, 3);
  expect(all.map(({ kind, view_once }) => [kind, view_once ?? false])).toEqual([['video', true], ['image', false], ['document', false]]);
});

test('a voice note can be heard once', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  await record(page);
  const button = bar(page).getByRole('button', { name: 'Visualização única' });
  await expect(button).toHaveAttribute('aria-pressed', 'false');
  await button.click();
  await expect(button).toHaveAttribute('aria-pressed', 'true');
  await bar(page).getByRole('button', { name: 'Enviar áudio' }).click();
  const [arrived] = await filesOn(customer, phone, 1);
  expect(arrived).toMatchObject({ view_once: true, media: { ptt: true } });
  await expectTicks(page, 'Entregue');
  await expect(log(page).getByRole('article').last()).toContainText('de visualização única');
  await expect(log(page).locator('voice-note')).toHaveCount(0);

  // The next one is a usual one.
  await record(page);
  await expect(button).toHaveAttribute('aria-pressed', 'false');
  await bar(page).getByRole('button', { name: 'Enviar áudio' }).click();
  const [, next] = await filesOn(customer, phone, 2);
  expect(next!.view_once ?? false).toBe(false);
  await openChat(page, 'Carla Dias');
  await expect(log(page).locator('voice-note')).toHaveCount(1);
});
