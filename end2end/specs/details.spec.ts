import type { Locator, Page } from '@playwright/test';

import { expectAccessible, expectAccessibleAtAnyWidth } from '../support/axe.ts';
import type { Emulator, Phone } from '../support/emulator.ts';
import { documentOf, square } from '../support/files.ts';
import { bubble, chat, converse, expectDrawn, log } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

const drawer = (page: Page): Locator => page.getByRole('dialog', { name: 'Dados do contato' });

/** The name of the contact in the header of the conversation. */
const opener = (page: Page): Locator => page.locator('.conversation-head').getByRole('link', { name: 'Carla Dias' });

const pictureIn = (place: Locator): Locator => place.locator('.avatar > img');

/** Gives a phone a picture of one colour. */
async function setPicture(emulator: Emulator, phone: Phone, [red, green, blue]: [number, number, number]): Promise<void> {
  const base64 = square(320, [red, green, blue]).toString('base64');
  await emulator.post(`/phones/${phone.number}/picture`, { base64 });
}

test('a picture appears in the list and the header, follows a change and gives way to initials', async ({ page, inbox, emulator }) => {
  const [, customer] = await converse(page, inbox, emulator);
  await setPicture(emulator, customer, [200, 60, 20]);
  // WhatsApp tells nothing of a picture that nobody has looked at.
  await page.reload();
  for (const place of [chat(page, 'Carla Dias'), page.locator('.conversation-head')]) {
    await expectDrawn(pictureIn(place), 96);
    await expect(place.locator('.avatar')).toContainText('CD');
  }
  const first = await pictureIn(chat(page, 'Carla Dias')).getAttribute('src');
  await setPicture(emulator, customer, [20, 60, 200]);
  await expect(pictureIn(chat(page, 'Carla Dias'))).not.toHaveAttribute('src', first!);
  await expectDrawn(pictureIn(chat(page, 'Carla Dias')), 96);
  await emulator.post(`/phones/${customer.number}/picture`, { remove: true });
  await expect(pictureIn(chat(page, 'Carla Dias'))).toBeHidden();
  await expect(pictureIn(page.locator('.conversation-head'))).toBeHidden();
});

for (const width of [1440, 390]) {
  test(`the drawer opens by keys and closes again, ${width} pixels wide`, async ({ page, inbox, emulator }) => {
    const [, customer] = await converse(page, inbox, emulator);
    await emulator.post(`/phones/${customer.number}/about`, { text: 'Café bom e conversa longa' });
    await page.setViewportSize({ width, height: 844 });
    await opener(page).press('Enter');
    await expect(drawer(page)).toContainText('Café bom e conversa longa');
    await expect(drawer(page).getByRole('button', { name: 'Fechar' })).toBeFocused();
    const box = (await drawer(page).boundingBox())!;
    expect(box.x + box.width).toBe(width);
    expect(box.width).toBe(width === 390 ? 390 : 400);
    await expectAccessible(page, 'the drawer');
    await page.keyboard.press('Escape');
    await expect(drawer(page)).toHaveCount(0);
    await expect(opener(page)).toBeFocused();
    await opener(page).click();
    await drawer(page).getByRole('button', { name: 'Fechar' }).click();
    await expect(drawer(page)).toHaveCount(0);
  });
}

test('the drawer has the number to copy, the files and the links of the conversation', async ({ page, inbox, emulator }) => {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  const [phone, customer] = await converse(page, inbox, emulator, 'Veja https://loja.example/pao');
  await customer.sendMedia(phone, { kind: 'image', mime: 'image/png', bytes: square(64, [9, 9, 9]) });
  const { name, mimeType, buffer } = documentOf(900, 'tabela.bin');
  await customer.sendMedia(phone, { kind: 'document', mime: mimeType, file_name: name, bytes: buffer });
  await expect(log(page).getByRole('link', { name: /tabela/ })).toHaveAttribute('href', /midia/);
  await expect(log(page).getByRole('link', { name: 'Foto' })).toBeVisible();

  await opener(page).click();
  const files = drawer(page).getByRole('region', { name: 'Mídia, links e documentos' });
  await expect(files.getByRole('listitem').getByRole('link')).toHaveAttribute('href', /midia/);
  await files.getByRole('link', { name: 'Links' }).click();
  await expect(files.getByRole('listitem').getByRole('link')).toHaveAttribute('href', 'https://loja.example/pao');
  await expect(files.getByRole('link', { name: 'Links', exact: true })).toBeFocused();
  await files.getByRole('link', { name: 'Documentos' }).click();
  await expect(files.getByRole('listitem')).toContainText('tabela');
  await drawer(page).getByRole('button', { name: 'Copiar número' }).click();
  await expect(drawer(page).getByRole('button', { name: 'Copiado' })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied.replaceAll(/\D/g, '')).toBe(customer.number);
});

test('a picture is shown large, and the page works without the drawer', async ({ page, inbox, emulator }) => {
  const [, customer] = await converse(page, inbox, emulator);
  await setPicture(emulator, customer, [20, 160, 60]);
  await page.reload();
  await expectDrawn(pictureIn(page.locator('.conversation-head')), 96);
  await opener(page).click();
  const link = drawer(page).getByRole('link', { name: 'Abrir a foto' });
  await link.click();
  await expectDrawn(page.getByRole('dialog', { name: 'Abrir a foto' }).locator('img'), 320);
  await page.keyboard.press('Escape');
  await expect(link).toBeFocused();
  await page.keyboard.press('Escape');

  await page.goto((await opener(page).getAttribute('href'))!);
  await expect(page.getByRole('heading', { name: 'Carla Dias' })).toBeVisible();
  await expectAccessibleAtAnyWidth(page, 'the page about a person');
  await page.getByRole('link', { name: 'Documentos' }).click();
  await expect(page.getByText('Nada aqui ainda.')).toBeVisible();
  await page.getByRole('link', { name: 'Voltar para a conversa' }).click();
  await expect(page).toHaveURL(/\/chat\/\d+$/);
});

test('the drawer has the favourites, and blocks and frees the person', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator, 'Quero dois pães');
  await bubble(page, 'Quero dois pães').hover();
  await bubble(page, 'Quero dois pães').getByRole('button', { name: 'Mais ações' }).click();
  await page.getByRole('menuitem', { name: 'Favoritar' }).click();
  await expect(bubble(page, 'Quero dois pães').getByRole('img', { name: 'Favorita' })).toBeVisible();
  await opener(page).click();
  await drawer(page).getByRole('link', { name: 'Favoritas' }).click();
  await expect(drawer(page).getByRole('region', { name: 'Mídia, links e documentos' }).getByRole('listitem')).toContainText('Quero dois pães');

  await drawer(page).getByRole('button', { name: 'Bloquear…' }).click();
  await expect(drawer(page)).toHaveCount(0);
  await page.getByRole('dialog', { name: 'Bloquear este contato?' }).getByRole('button', { name: 'Bloquear' }).click();
  await expect(page.getByText('Você bloqueou este contato')).toBeVisible();
  await opener(page).click();
  await drawer(page).getByRole('button', { name: 'Desbloquear' }).click();
  await expect(page.getByText('Você bloqueou este contato')).toHaveCount(0);
});

test('a new name in the address book reaches the list and the header of an open page', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  await emulator.post(`/phones/${phone.number}/contacts`, { number: customer.number, name: 'Carla da padaria' });
  await expect(chat(page, 'Carla da padaria')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Carla da padaria' })).toBeVisible();
});
