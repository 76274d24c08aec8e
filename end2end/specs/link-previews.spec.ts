import type { Page } from '@playwright/test';

import { alive, bubble, chat, converse, expectDrawn, openChat } from '../support/page.ts';
import { expect, test } from '../support/test.ts';
import { serveWeb } from '../support/web.ts';

const field = (page: Page) => page.getByRole('textbox', { name: 'Mensagem' });
const card = (page: Page) => page.getByRole('group', { name: 'Prévia do link' });

test('a link has its preview above the field, and the message has it on the phone', async ({ page, inbox, emulator }) => {
  const { link, visits } = await serveWeb();
  const [phone, customer] = await converse(page, inbox, emulator);
  await field(page).fill(`Esta: ${link}`);
  await expect(card(page)).toContainText('Camiseta azul');
  await expect(card(page)).toContainText('100% algodão <script>alert(1)</script>');
  await expect(card(page)).toContainText('127.0.0.1');
  await expectDrawn(card(page).locator('img'), 96);
  expect(visits).toEqual(['/azul', '/azul.png']);
  // The previews are in the order of the bubble: that of the link above that of the text.
  await field(page).fill(`*Esta*: ${link}`);
  const text = page.getByRole('group', { name: 'Prévia do texto' });
  await expect(text).toBeVisible();
  const [above, below, box] = await Promise.all([card(page), text, field(page)].map(async (one) => (await one.boundingBox())!.y));
  expect(above).toBeLessThan(below!);
  expect(below).toBeLessThan(box!);
  await field(page).fill(`Esta: ${link}`);
  await expect(text).toHaveCount(0);
  // What is written beside the link changes nothing.
  await field(page).press('End');
  await field(page).pressSequentially(' Gostou?');
  await expect(card(page)).toBeVisible();

  await field(page).press('Enter');
  await expect(card(page)).toHaveCount(0);
  const sent = bubble(page, 'Gostou?');
  await expect(sent.locator('header')).toContainText('Camiseta azul');
  await expect(sent.locator('header').getByRole('link')).toHaveAttribute('href', link);
  await expectDrawn(sent.locator('header img'), 96);
  const received = async () => (await customer.messages(phone)).find(({ text }) => text === `Esta: ${link} Gostou?`)?.link_preview;
  await expect.poll(received).toMatchObject({ url: link, title: 'Camiseta azul' });
  expect((await received())?.thumbnail_base64).toMatch(/^\/9j\//);
  await alive(page, () => page.reload());
  await expect(bubble(page, 'Gostou?').locator('header')).toContainText('Camiseta azul');
});

test('a preview that was removed is not sent, and stays removed while the text has the link', async ({ page, inbox, emulator }) => {
  const { link } = await serveWeb();
  const [phone, customer] = await converse(page, inbox, emulator);
  await field(page).fill(link);
  await card(page).getByRole('button', { name: 'Remover prévia' }).click();
  await expect(card(page)).toHaveCount(0);
  await expect(field(page)).toBeFocused();
  await field(page).press('End');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await field(page).pressSequentially(' veja');
  await field(page).press('Enter');
  await customer.expectTexts(phone, ['Oi', `${link} veja`]);
  expect(asked).not.toContain('/api/preview_link');
  const [, received] = await customer.messages(phone);
  expect(received?.link_preview).toBeUndefined();
  await expect(bubble(page, 'veja').locator('header')).toHaveCount(0);

  // The next text with the link has one again.
  await field(page).fill(link);
  await expect(card(page)).toBeVisible();
  // It goes with the link.
  await field(page).fill('Nada');
  await expect(card(page)).toHaveCount(0);
});

test('a preview stays with its conversation', async ({ page, inbox, emulator }) => {
  const { link } = await serveWeb();
  const [phone] = await converse(page, inbox, emulator);
  const other = await emulator.phone('Bia Reis');
  await other.send(phone, 'Olá');
  await field(page).fill(link);
  await expect(card(page)).toBeVisible();
  await openChat(page, 'Bia Reis');
  await expect(card(page)).toHaveCount(0);
  await chat(page, 'Carla Dias').click();
  await expect(field(page)).toHaveValue(link);
  await field(page).focus();
  await expect(card(page)).toContainText('Camiseta azul');
});

test('addresses in the own network have no preview', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  const answered = page.waitForResponse('**/api/preview_link');
  await field(page).fill('http://10.0.0.7/ e http://192.168.0.1/');
  expect(await (await answered).json()).toBeNull();
  await expect(card(page)).toHaveCount(0);
});
