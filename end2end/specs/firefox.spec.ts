import { writeFile } from 'node:fs/promises';

import type { Page } from 'puppeteer-core';

import { filesOn } from '../support/attach.ts';
import type { Phone } from '../support/emulator.ts';
import { pdf, photo, sha256, tone } from '../support/files.ts';
import { alive, byRole, bySelector, expectProperty, expectText, readQr, test } from '../support/firefox.ts';
import type { Inbox, User } from '../support/inbox.ts';
import { INBOX } from '../support/page.ts';
import { expect } from '../support/test.ts';

const LOG = '[role=log]';

/** Logs in by the form and arrives at the inbox. */
async function login(page: Page, inbox: Inbox, user: User): Promise<void> {
  await page.goto(`${inbox.url}/entrar`);
  await (await bySelector(page, 'input[name=email]')).type(user.email);
  await (await bySelector(page, 'input[name=password]')).type(user.password);
  await alive(page, async () => (await byRole(page, 'button', 'Entrar')).click());
}

/** Links a phone to the logged-in user's number by the QR on the screen. */
async function connect(page: Page, phone: Phone): Promise<void> {
  await (await byRole(page, 'button', 'Conectar WhatsApp')).click();
  await phone.scan(await readQr(page));
  await expectText(page, '[role=status]', 'Conectado');
}

test('the main job in Firefox: log in, pair, chat with an emoji that is typed, and see and hear files', async ({ firefox: page, browser, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, inbox, await inbox.addUser('Ana Alves'));

  await connect(page, phone);
  await customer.send(phone, 'Vocês entregam no sábado?');
  await (await bySelector(page, `a[href^="${INBOX}/chat/"]`)).click();
  await expectText(page, LOG, 'Vocês entregam no sábado?');
  // Firefox reports a typed emoji in two halves, each of which alone is no valid text.
  const composer = await byRole(page, 'textbox', 'Mensagem');
  for (const text of ['respondi 😀', '👍🏽 até já']) {
    await composer.type(text);
    await composer.press('Enter');
    await expectText(page, LOG, text);
  }
  await customer.expectTexts(phone, ['Vocês entregam no sábado?', 'respondi 😀', '👍🏽 até já']);
  await customer.read(phone);
  await bySelector(page, `${LOG} [role=img][aria-label=Lida]`);

  const picture = await photo(browser, 'Modelo azul');
  await customer.sendMedia(phone, { kind: 'image', mime: 'image/jpeg', bytes: picture, caption: 'Tem esse?', width: 800, height: 600 });
  await expectProperty(page, `${LOG} img`, 'naturalWidth', 800);
  await customer.sendMedia(phone, { kind: 'voice', mime: 'audio/wav', bytes: tone(2), seconds: 2 });
  await expectProperty(page, `${LOG} audio`, 'duration', 2);

  // The server renders the same.
  await alive(page, () => page.reload());
  for (const text of ['respondi 😀', '👍🏽 até já', 'Tem esse?']) await expectText(page, LOG, text);
  await expectProperty(page, `${LOG} img`, 'naturalWidth', 800);
});

test('files are sent from Firefox, a large photo reduced and a document as it is', async ({ firefox: page, browser, inbox, emulator }, info) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, inbox, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  await customer.send(phone, 'Oi');
  await (await bySelector(page, `a[href^="${INBOX}/chat/"]`)).click();
  const [image, note] = [info.outputPath('modelo.jpg'), info.outputPath('nota.pdf')];
  await writeFile(image, await photo(browser, 'Modelo azul', { width: 4800, height: 3600 }));
  await writeFile(note, pdf('Nota fiscal'));

  // The buttons work once their scripts are there.
  await bySelector(page, 'html[data-actions]');
  const chooser = page.waitForFileChooser();
  await (await byRole(page, 'button', 'Anexar')).click();
  await (await byRole(page, 'menuitem', 'Fotos e vídeos')).click();
  await (await chooser).accept([image, note]);
  await (await byRole(page, 'textbox', 'Legenda')).type('Chegou hoje 😀');
  await (await bySelector(page, 'dialog footer button.button:enabled')).click();

  const arrived = await filesOn(customer, phone, 2);
  expect(arrived[0]).toMatchObject({ kind: 'image', mime: 'image/jpeg', caption: 'Chegou hoje 😀' });
  expect(arrived[1]).toMatchObject({ kind: 'document', name: 'nota.pdf', sha256: sha256(pdf('Nota fiscal')) });
  await expectProperty(page, `${LOG} img`, 'naturalWidth', 1600);
  await expectText(page, LOG, 'Chegou hoje 😀');
  await bySelector(page, `${LOG} [role=img][aria-label=Entregue]`);
});

test('an emoji that is typed in Firefox arrives whole in the names of people and numbers', async ({ firefox: page, inbox }) => {
  await login(page, inbox, await inbox.addUser('Ana Alves'));
  await page.goto(`${inbox.url}/perfil`);
  const name = await bySelector(page, 'input[name=name]');
  await name.press('End');
  await name.type(' 😀 Silva');
  await (await byRole(page, 'button', 'Salvar nome')).click();
  await expectText(page, 'main', 'Nome salvo.');
  await page.reload();
  await expectProperty(page, 'input[name=name]', 'value', 'Ana Alves 😀 Silva');

  await page.goto(`${inbox.url}/numeros/novo`);
  await (await bySelector(page, 'input[name=label]')).type('🏬 Loja');
  await alive(page, async () => (await byRole(page, 'button', 'Adicionar')).click());
  await expectText(page, 'body', '🏬 Loja');
});
