import type { Locator, Page } from '@playwright/test';

import { chooseToAttach } from '../support/attach.ts';
import { alive, bubble, converse, expectTicks, log, openChat } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

const GATE = { latitude: -15.794229, longitude: -47.882166 };

const form = (page: Page, name: string) => page.getByRole('dialog', { name });

test('the menu of Anexar works with the keyboard and gives the focus back', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  const opener = page.getByRole('button', { name: 'Anexar' });
  await opener.press('Enter');
  const menu = page.getByRole('menu', { name: 'Anexar' });
  const items = menu.getByRole('menuitem');
  await expect(items).toHaveText([/^Fotos e vídeos/, /^Documento/, /^Contato/, /^Localização/, /^Enquete/]);
  await expect(items.first()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(items.nth(1)).toBeFocused();
  await page.keyboard.press('End');
  await expect(items.last()).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(items.first()).toBeFocused();
  await expect(page.locator('dialog.attach input[type=file][multiple]')).toBeAttached();
  await page.keyboard.press('Escape');
  await expect(menu).toHaveCount(0);
  await expect(opener).toBeFocused();
  // Programs may give files to the field of the menu.
  await opener.click();
  const note = { name: 'nota.txt', mimeType: 'text/plain', buffer: Buffer.from('nota') };
  await page.locator('dialog.attach input[type=file]').setInputFiles(note);
  await expect(form(page, 'Enviar arquivos')).toBeVisible();
});

test('a place is read from what people paste, shown before, and arrives as an answer', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator, 'Onde fica?');
  await bubble(page, 'Onde fica?').hover();
  await bubble(page, 'Onde fica?').getByRole('button', { name: 'Responder', exact: true }).click();
  await chooseToAttach(page, 'Localização');
  const dialog = form(page, 'Enviar localização');
  const where = dialog.getByRole('textbox', { name: 'Coordenadas ou link do mapa' });
  const send = dialog.getByRole('button', { name: 'Enviar', exact: true });
  const map = dialog.getByRole('link');
  await expect(where).toBeFocused();
  await expect(send).toBeDisabled();

  for (const [typed, words] of [
    ['Loja Pirata', 'Não há um ponto nesse texto'],
    ['91, 0', 'Esse ponto não existe'],
    ['https://maps.app.goo.gl/abc123', 'Links curtos'],
  ]) {
    await where.fill(typed!);
    await expect(dialog.getByRole('alert')).toContainText(words!);
    await expect(send).toBeDisabled();
  }
  for (const typed of [
    '-15.794229, -47.882166',
    '-15,794229; -47,882166',
    '15.794229° S, 47.882166° O',
    'geo:-15.794229,-47.882166',
    'https://www.google.com/maps?q=-15.794229,-47.882166',
    'https://www.openstreetmap.org/?mlat=-15.794229&mlon=-47.882166#map=17/-15.7/-47.8',
    'https://maps.apple.com/?ll=-15.794229,-47.882166',
  ]) {
    await where.fill('');
    await expect(map).toBeHidden();
    await where.fill(typed);
    await expect(map).toHaveText('-15.794229, -47.882166');
  }
  await where.fill('https://www.google.com/maps/place/Loja+Pirata/@-15.7,-47.8,17z/data=!3m1!8m2!3d-15.794229!4d-47.882166');
  await expect(dialog.getByRole('textbox', { name: 'Nome do lugar' })).toHaveValue('Loja Pirata');
  await dialog.getByRole('textbox', { name: 'Endereço' }).fill('SQN 102 <b>Bloco A</b>');
  await expect(dialog.getByRole('figure')).toContainText('SQN 102 <b>Bloco A</b>');
  await send.click();
  await expect(dialog).toHaveCount(0);

  const sent = bubble(page, 'Loja Pirata');
  await expect(sent).toContainText('Onde fica?');
  await expect(sent.getByRole('link', { name: '-15.794229, -47.882166' })).toBeVisible();
  await expectTicks(page, 'Entregue');
  const [place] = (await customer.until(phone, (messages) => messages.length === 2)).slice(-1);
  expect(place).toMatchObject({ kind: 'location', location: { ...GATE, name: 'Loja Pirata', address: 'SQN 102 <b>Bloco A</b>' } });
  expect(place!.quoted).toBeTruthy();
});

test('the place of the device is sent once it is allowed, and why it is not is said', async ({ page, context, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  await context.setGeolocation({ ...GATE, accuracy: 12 });
  await chooseToAttach(page, 'Localização');
  const dialog = form(page, 'Enviar localização');
  await dialog.getByRole('button', { name: 'Usar minha localização' }).click();
  await expect(dialog.getByRole('alert')).toContainText('O navegador não deixou usar a localização');
  await context.grantPermissions(['geolocation']);
  await dialog.getByRole('button', { name: 'Usar minha localização' }).click();
  await expect(dialog.getByRole('status')).toContainText('12 m');
  // A request that is lost is sent again as the same message.
  await page.route('**/api/send_place', async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  }, { times: 1 });
  await dialog.getByRole('button', { name: 'Enviar', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('tente de novo');
  await dialog.getByRole('button', { name: 'Enviar', exact: true }).click();
  await expect(dialog).toHaveCount(0);
  const messages = await customer.until(phone, (messages) => messages.length === 2);
  expect(messages[1]).toMatchObject({ kind: 'location', location: GATE });
  await expect(log(page).getByRole('article')).toHaveCount(2);

  // Once the right is gone, the words say so.
  await chooseToAttach(page, 'Localização');
  await dialog.getByRole('textbox', { name: 'Coordenadas ou link do mapa' }).fill('1, 2');
  await page.route('**/api/send_place', (route) => route.fulfill({ status: 404, json: 'not_found' }));
  await dialog.getByRole('button', { name: 'Enviar', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('Você não pode mais escrever');
  await expect(dialog).toBeVisible();
});

test('a message whose dialog was closed while it was sent says that it was not', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  await chooseToAttach(page, 'Localização');
  const dialog = form(page, 'Enviar localização');
  await dialog.getByRole('textbox', { name: 'Coordenadas' }).fill('-15.794229, -47.882166');
  let lose!: () => void;
  const lost = new Promise<void>((resolve) => (lose = resolve));
  await page.route('**/api/send_place', async (route) => {
    await lost;
    await route.abort('connectionreset');
  });
  const sending = page.waitForRequest('**/api/send_place');
  await dialog.getByRole('button', { name: 'Enviar', exact: true }).click();
  await sending;
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  lose();
  await expect(page.getByText('O servidor não respondeu')).toBeVisible();
});

test('a page that is closed with a place, a contact or a poll asks first', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  for (const [item, name, field] of [
    ['Localização', 'Enviar localização', 'Coordenadas'],
    ['Contato', 'Enviar contato', 'Telefone'],
    ['Enquete', 'Enquete', 'Pergunta'],
  ] as const) {
    await chooseToAttach(page, item);
    const dialog = form(page, name);
    if (item === 'Contato') await dialog.getByText('Outro contato', { exact: true }).click();
    const typed = dialog.getByRole('textbox', { name: field });
    await typed.fill('61 3333-0000');
    const question = page.waitForEvent('dialog');
    const left = page.close({ runBeforeUnload: true });
    expect((await question).type()).toBe('beforeunload');
    await (await question).dismiss();
    await left;
    // Without words there is nothing to lose.
    await typed.fill('');
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  }
  const questions: string[] = [];
  page.on('dialog', async (asked) => {
    questions.push(asked.type());
    await asked.accept();
  });
  await alive(page, () => page.reload());
  expect(questions).toEqual([]);
});

test('a long name fits into the dialog for contacts', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  await page.setViewportSize({ width: 390, height: 844 });
  await chooseToAttach(page, 'Contato');
  const dialog = form(page, 'Enviar contato');
  await dialog.getByText('Outro contato', { exact: true }).click();
  await dialog.getByRole('textbox', { name: 'Nome' }).fill('Maria Aparecida de Oliveira Gonçalves do Nascimento Albuquerque');
  await dialog.getByRole('textbox', { name: 'Telefone' }).fill('+55 61 3333-0000');
  await dialog.getByRole('button', { name: 'Adicionar contato' }).click();
  const right = async (box: Locator) => (await box.boundingBox())!.x + (await box.boundingBox())!.width;
  const edge = await right(dialog);
  expect(await right(dialog.getByRole('button', { name: /^Remover Maria/ }))).toBeLessThan(edge);
  expect(await right(dialog.getByRole('searchbox', { name: 'Buscar' }))).toBeLessThan(edge);
});

test('contacts of the number are searched, chosen with a typed one, and can be written to', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const rui = await emulator.phone('Rui Conceição');
  await rui.send(phone, 'Oi');
  await chooseToAttach(page, 'Contato');
  const dialog = form(page, 'Enviar contato');
  const search = dialog.getByRole('searchbox', { name: 'Buscar' });
  await expect(search).toBeFocused();
  const people = dialog.getByRole('list', { name: 'Pessoas deste número' }).getByRole('checkbox');
  await expect(people).toHaveCount(2);
  await search.fill('ninguém');
  await expect(dialog.getByRole('status')).toContainText('Ninguém encontrado');
  await search.fill('conceicao');
  await expect(people).toHaveCount(1);
  await people.first().check();
  // One that is taken back keeps the focus.
  await people.first().press('Space');
  await expect(people.first()).not.toBeChecked();
  await expect(people.first()).toBeFocused();
  await people.first().press('Space');
  await expect(people.first()).toBeChecked();
  await dialog.getByText('Outro contato', { exact: true }).click();
  await dialog.getByRole('textbox', { name: 'Nome' }).fill('Eva; Sá');
  await dialog.getByRole('textbox', { name: 'Telefone' }).fill('123');
  const send = dialog.getByRole('button', { name: 'Enviar', exact: true });
  await send.click();
  await expect(dialog.getByRole('alert')).not.toBeEmpty();
  await dialog.getByRole('button', { name: 'Remover Eva; Sá' }).click();
  await dialog.getByRole('textbox', { name: 'Nome' }).fill('Eva; Sá');
  await dialog.getByRole('textbox', { name: 'Telefone' }).fill('+55 61 3333-0000');
  await dialog.getByRole('button', { name: 'Adicionar contato' }).click();
  await send.click();
  await expect(dialog).toHaveCount(0);

  const [cards] = (await customer.until(phone, (messages) => messages.length === 2)).slice(-1);
  expect(cards).toMatchObject({
    kind: 'contact',
    contacts: [
      { name: 'Rui Conceição', whatsapp: [rui.number] },
      { name: 'Eva; Sá', numbers: ['+55 61 3333-0000'] },
    ],
  });
  const sent = bubble(page, 'Rui Conceição');
  await sent.getByRole('link').first().click();
  const start = page.getByRole('dialog', { name: 'Nova conversa' });
  await expect(start.getByRole('textbox', { name: 'Telefone' })).toHaveValue(`+${rui.number}`);
  await start.getByRole('button', { name: 'Conversar' }).click();
  await expect(page.locator('#conversation-name')).toHaveText('Rui Conceição');

  // Both kinds are forwarded.
  await openChat(page, 'Carla Dias');
  await bubble(page, 'Rui Conceição').hover();
  await bubble(page, 'Rui Conceição').getByRole('button', { name: 'Mais ações' }).click();
  await page.getByRole('menuitem', { name: 'Encaminhar' }).click();
  const forward = page.getByRole('dialog', { name: 'Encaminhar para' });
  await forward.getByRole('checkbox', { name: /Rui Conceição/ }).check();
  await forward.getByRole('button', { name: 'Encaminhar', exact: true }).click();
  const [forwarded] = (await rui.until(phone, (messages) => messages.length === 2)).slice(-1);
  expect(forwarded).toMatchObject({ kind: 'contact', contacts: [{ name: 'Rui Conceição' }, { name: 'Eva; Sá' }] });
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('menu and dialogs fit, with room for a finger', async ({ page, inbox, emulator }) => {
    await converse(page, inbox, emulator);
    await page.getByRole('button', { name: 'Anexar' }).tap();
    const item = page.getByRole('menuitem', { name: 'Localização' });
    expect((await item.boundingBox())!.height).toBeGreaterThanOrEqual(44);
    await item.tap();
    const send = form(page, 'Enviar localização').getByRole('button', { name: 'Enviar', exact: true });
    await expect(send).toBeInViewport({ ratio: 1 });
    expect(Math.round((await send.boundingBox())!.height)).toBeGreaterThanOrEqual(44);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });
});
