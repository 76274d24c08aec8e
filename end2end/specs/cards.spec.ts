import type { Locator } from '@playwright/test';

import { photo } from '../support/files.ts';
import { chat, connect, converse, expectDrawn, log, login, openChat } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

const HOSTILE = '<img src=x onerror=alert(1)> \u202efdp.exe javascript:alert(1)';

const bubble = (inside: Locator, hasText: string) => inside.getByRole('article').filter({ hasText });

test('a card is copied with all that it says, also with what does not fit into its bubble', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const at = { latitude: -15.794229, longitude: -47.882166 };
  const map = 'https://www.google.com/maps?q=-15.794229,-47.882166';
  await customer.sendCard(phone, { location: { ...at, name: 'Portão 2', address: 'SQN 102, Bloco A' } });
  await customer.sendCard(phone, { contact: { name: 'Rui Sá', number: '5561999990000' } });
  await customer.sendCard(phone, { poll: { name: 'Que dia?', options: ['Segunda', 'Terça'] } });
  await customer.sendCard(phone, { location: { ...at, name: '', address: '' } });
  const contacts = Array.from({ length: 40 }, (_, nth) => ({ name: `Pessoa ${nth}`, number: '5561999990000' }));
  await customer.sendCard(phone, { contacts });
  await openChat(page, 'Carla Dias');
  const long = bubble(log(page), 'Pessoa 0');
  await expect(long).not.toContainText('Pessoa 39');
  for (const [nth, lines] of [
    ['Portão 2', 'SQN 102, Bloco A', map],
    ['Rui Sá', '+55 61 99999-0000'],
    ['Que dia?', 'Segunda', 'Terça'],
    [map],
    contacts.flatMap(({ name }) => [name, '+55 61 99999-0000']),
  ].entries()) {
    const card = log(page).getByRole('article').nth(nth);
    await card.hover();
    await card.getByRole('button', { name: 'Mais ações' }).click();
    await page.getByRole('menuitem', { name: 'Copiar', exact: true }).click();
    await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(lines.join('\n'));
  }
  await long.getByRole('link', { name: 'Ler mais' }).click();
  await expect(long).toContainText('Pessoa 39');
  await expect(long.getByRole('link', { name: '+55 61 99999-0000' })).toHaveCount(40);
});

test('the preview of a link stands above its text, and leads only where the text leads', async ({ page, inbox, emulator, browser }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const url = 'https://loja.example/azul';
  const thumbnail_base64 = (await photo(browser, 'Azul', { width: 60, height: 60 })).toString('base64');
  await customer.sendLinked(phone, `Esta: ${url}`, { url, title: 'Camiseta azul', description: '100% algodão', thumbnail_base64 });
  await openChat(page, 'Carla Dias');
  await customer.sendLinked(phone, `Olha ${url}`, { url, title: `Banco ${HOSTILE}`, description: `Entre ${HOSTILE} `.repeat(400) });
  await customer.sendLinked(phone, `Outra: ${url}`, { url: 'https://banco.example', title: 'Banco do Povo' });

  const card = (text: string) => bubble(log(page), text).locator('header');
  const check = async () => {
    await expect(card('Esta:')).toContainText('Camiseta azul');
    await expect(card('Esta:')).toContainText('100% algodão');
    const link = card('Esta:').getByRole('link');
    await expect(link).toHaveText('loja.example');
    await expect(link).toHaveAttribute('href', url);
    await expect(link).toHaveAttribute('rel', /noopener/);
    const [above, words] = [(await card('Esta:').boundingBox())!, (await log(page).getByRole('link', { name: url }).first().boundingBox())!];
    expect(above.y + above.height).toBeLessThanOrEqual(words.y);
    await expect(chat(page, 'Carla Dias')).toContainText(`Outra: ${url}`);

    await expect(card('Olha')).toContainText('Banco <img src=x onerror=alert(1)> fdp.exe javascript:alert(1)');
    await expect(card('Olha').getByRole('link')).toHaveText('loja.example');
    // The description has two lines.
    expect((await card('Olha').locator('blockquote').boundingBox())!.height).toBeLessThan(50);
    await expect(card('Outra:')).toHaveCount(0);
    await expect(log(page).getByText('Banco do Povo')).toHaveCount(0);
    const picture = card('Esta:').locator('img');
    await expect(picture).toHaveAttribute('src', /^\/midia\/\d+\/previa$/);
    await expectDrawn(picture, 60);
    await expect(log(page).locator('img')).toHaveCount(1);
    const addresses = await log(page).getByRole('link').evaluateAll((links) => links.map((link) => link.getAttribute('href')));
    expect(addresses).toEqual([url, url, url, url, url]);
  };
  await expect(bubble(log(page), 'Outra:')).toBeVisible();
  await check();
  await page.reload();
  await check();
  expect(requests.filter((address) => address.includes('.example'))).toEqual([]);

  // It is copied as the text that it is, and an edit replaces the preview.
  await bubble(log(page), 'Esta:').hover();
  await bubble(log(page), 'Esta:').getByRole('button', { name: 'Mais ações' }).click();
  await page.getByRole('menuitem', { name: 'Copiar', exact: true }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(`Esta: ${url}`);
  const said = await customer.sendLinked(phone, `Mais uma: ${url}`, { url, title: 'Camiseta verde' });
  await expect(card('Mais uma:')).toContainText('Camiseta verde');
  await customer.edit(phone, said, `Só uma: ${url}`);
  await expect(bubble(log(page), 'Só uma:')).toBeVisible();
  await expect(card('Só uma:')).toHaveCount(0);
});

test('what businesses send, and who came from an advertisement, are cards with what they say', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  await customer.sendCard(phone, { order: { id: '1', title: 'Pedido 7', items: 3, total_1000: 120_500, currency: 'BRL', text: 'Entrega hoje?' } });
  const buttons = [{ reply: { id: 'y', text: 'Confirmo' } }];
  await customer.sendCard(phone, { template: { title: 'Consulta amanhã', text: HOSTILE, footer: 'Clínica', buttons } });
  const ad = { title: 'Camisetas azuis', body: 'Frete grátis', source_url: 'https://fb.example/abc' };
  await customer.sendCard(phone, { text: 'Quero saber mais', external_ad_reply: ad });
  await customer.sendCard(phone, { text: 'Lindo!', reply_to_status: { id: '3EB0AAAAAAAAAAAAAAAA', text: 'Coleção nova' } });

  const check = async () => {
    await expect(bubble(log(page), 'Pedido 7')).toContainText(/Entrega hoje\?\s*3 × · R\$ 120,50/);
    await expect(bubble(log(page), 'Consulta amanhã')).toContainText('<img src=x onerror=alert(1)>');
    await expect(bubble(log(page), 'Consulta amanhã')).toContainText(/• Confirmo\s*Clínica/);
    const text = bubble(log(page), 'Quero saber mais');
    await expect(text).toContainText(/Veio de um anúncio\s*Camisetas azuis\s*Frete grátis/);
    await expect(text.getByRole('link', { name: 'fb.example' })).toHaveAttribute('href', ad.source_url);
    await expect(bubble(log(page), 'Lindo!')).toContainText(/Coleção nova[^]*Resposta a um status\s*Lindo!/);
    await expect(log(page).getByText('Não compatível')).toHaveCount(0);
  };
  await check();
  await page.reload();
  await check();
  await expect(chat(page, 'Carla Dias')).toContainText('Lindo!');
});
