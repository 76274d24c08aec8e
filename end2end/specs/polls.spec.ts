import type { Locator, Page } from '@playwright/test';

import { allow, colleagues } from '../support/colleagues.ts';
import { expectAccessible } from '../support/axe.ts';
import type { PhoneMessage } from '../support/emulator.ts';
import { bubble, converse, log } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

const OPTIONS = ['Segunda', 'Terça', 'Sábado'];

const option = (card: Locator, name: string | RegExp) => card.getByRole('listitem').getByRole('link', { name });

const votesOf = (messages: PhoneMessage[], id: string) => messages.find((message) => message.id === id)?.votes ?? [];

/** A vote in a poll that nobody can decrypt: `pollUpdateMessage` with its key, and 40 bytes for the vote. */
function garbage(poll: string): Buffer {
  const field = (number: number, content: Buffer): Buffer => {
    const tag = number < 16 ? [number * 8 + 2] : [((number * 8 + 2) % 128) + 128, Math.floor((number * 8 + 2) / 128)];
    return Buffer.concat([Buffer.from([...tag, content.length]), content]);
  };
  const key = field(1, field(3, Buffer.from(poll)));
  const vote = field(2, Buffer.concat([field(1, Buffer.alloc(40, 7)), field(2, Buffer.alloc(12, 7))]));
  return field(50, Buffer.concat([key, vote]));
}

/** Opens the dialog for a new poll by the menu of the composer. */
async function askNew(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Anexar' }).click();
  await page.getByRole('menuitem', { name: 'Enquete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Enquete' });
  await expect(dialog.getByLabel('Pergunta')).toBeFocused();
  return dialog;
}

test('a poll is asked, arrives on the phone, and its votes come live', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const dialog = await askNew(page);
  const send = dialog.getByRole('button', { name: 'Enviar', exact: true });
  await send.click();
  await expect(dialog.getByRole('alert')).toHaveText('Escreva a pergunta.');
  await dialog.getByLabel('Pergunta').fill('Que dia?');
  await dialog.getByLabel('Pergunta').press('Enter');
  for (const [nth, words] of OPTIONS.entries()) {
    const field = dialog.getByRole('textbox', { name: `Opção ${nth + 1}` });
    await expect(field).toBeFocused();
    await field.fill(words);
    await field.press('Enter');
  }
  await dialog.getByRole('textbox', { name: 'Opção 4' }).fill(' Terça ');
  await send.click();
  await expect(dialog.getByRole('alert')).toContainText('repetida');
  await dialog.getByRole('button', { name: 'Remover opção 4' }).click();
  await expectAccessible(page, 'a new poll');
  await send.click();
  await expect(dialog).toHaveCount(0);

  const card = bubble(page, 'Que dia?');
  await expect(card).toContainText('Uma ou mais respostas · ninguém votou ainda');
  const there = await customer.until(phone, (messages) => messages.some(({ kind }) => kind === 'poll'));
  const poll = there.find(({ kind }) => kind === 'poll')!;
  expect(poll.options).toEqual(OPTIONS);

  await customer.vote(phone, poll.id, ['Segunda', 'Sábado']);
  await expect(option(card, 'Segunda 1')).toBeVisible();
  await expect(card).toContainText('1 pessoa votou');
  // The log is read aloud, and votes of others are not.
  for (const count of ['1 pessoa votou', '1']) {
    await expect(card.locator('em').filter({ hasText: count }).first()).toHaveAttribute('aria-live', 'off');
  }

  // One click votes, and another one takes the vote back.
  await option(card, 'Terça').click();
  await customer.until(phone, (messages) => votesOf(messages, poll.id).some(({ from, options }) => from === phone.number && options.join() === 'Terça'));
  await expect(card).toContainText('2 pessoas votaram');
  await option(card, /^Segunda/).click();
  await customer.until(phone, (messages) => votesOf(messages, poll.id).some(({ from, options }) => from === phone.number && options.join() === 'Segunda,Terça'));
  await expect(option(card, 'Segunda 2')).toBeVisible();
  // A click that comes before the card shows the last one adds to it.
  await card.evaluate((one) => one.querySelectorAll<HTMLElement>('li > a').forEach((link, nth) => nth && link.click()));
  await customer.until(phone, (messages) => votesOf(messages, poll.id).some(({ from, options }) => from === phone.number && options.join() === 'Segunda,Sábado'));
  await expect(option(card, 'Sábado 2')).toBeVisible();

  await card.getByRole('link', { name: 'Ver votos' }).click();
  const votes = page.getByRole('dialog', { name: 'Votos' });
  await expect(votes).toContainText('Carla Dias');
  await expect(votes).toContainText('Ana Alves');
  await expect(votes).toContainText('Segunda2 votos');
  await customer.vote(phone, poll.id, []);
  await expect(votes).toContainText('Segunda1 voto');
  await expect(votes).not.toContainText('Carla Dias');
  await page.keyboard.press('Escape');
  await expect(votes).toHaveCount(0);
  await expect(card.getByRole('link', { name: 'Ver votos' })).toBeFocused();

  await page.reload();
  await expect(card).toContainText('1 pessoa votou');
  await expect(option(card, 'Segunda 1').locator('strong')).toHaveText('Segunda');
});

test('of a poll with one answer the last choice counts, also without scripts', async ({ page, inbox, emulator, browser, baseURL }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const id = await customer.sendCard(phone, { poll: { name: 'Que dia?', options: OPTIONS } });
  const card = bubble(page, 'Que dia?');
  await expect(card).toContainText('Uma resposta · ninguém votou ainda');
  const is = (chosen: string) => (messages: PhoneMessage[]) => votesOf(messages, id).some(({ options }) => options.join() === chosen);
  await option(card, 'Segunda').click();
  await customer.until(phone, is('Segunda'));
  await expect(option(card, 'Segunda 1')).toBeVisible();
  await option(card, 'Terça').click();
  await customer.until(phone, is('Terça'));
  await expect(option(card, 'Terça 1')).toBeVisible();
  await expect(card.locator('li strong')).toHaveText(['Terça']);

  const address = (await option(card, 'Sábado').getAttribute('href'))!;
  const plain = await browser.newContext({ baseURL, javaScriptEnabled: false, storageState: await page.context().storageState() });
  const votes = await plain.newPage();
  await votes.goto(address);
  await expect(votes.getByRole('radio', { name: 'Sábado' })).toBeChecked();
  await votes.getByRole('button', { name: 'Votar' }).click();
  await customer.until(phone, is('Sábado'));
  await expect(option(card, 'Sábado 1')).toBeVisible();
  await votes.reload();
  await expect(votes.locator('.poll-option').filter({ hasText: 'Sábado' })).toContainText('Ana Alves');
  await plain.close();
});

test('whoever loses the right to write learns it in the dialog, and sees the votes only', async ({ page, browserOf, inbox, emulator }) => {
  const [bruno, phone, customer] = await colleagues(page, browserOf, inbox, emulator);
  await customer.sendCard(phone, { poll: { name: 'Que dia?', options: OPTIONS } });
  const card = bubble(bruno, 'Que dia?');
  await expect(card).toBeVisible();
  const dialog = await askNew(bruno);
  await allow(page, 'read');
  await expect(dialog.getByRole('alert')).toContainText('você não pode mais escrever nesta conversa');
  await bruno.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  await option(card, 'Segunda').click();
  await expect(bruno.getByRole('dialog', { name: 'Votos' })).toContainText('ninguém votou ainda');
});

test('a vote with words of a stranger, or that nobody can read, is harmless', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const hostile = '<img src=x onerror=alert(1)> \u202efdp.exe';
  const id = await customer.sendCard(phone, { poll: { name: hostile, options: [...OPTIONS, hostile] } });
  await customer.vote(phone, id, [hostile]);
  const card = bubble(page, 'onerror').last();
  await expect(card).toContainText('1 pessoa votou');
  await card.getByRole('link', { name: 'Ver votos' }).click();
  await expect(page.getByRole('dialog', { name: 'Votos' })).toContainText('<img src=x onerror=alert(1)> fdp.exe');
  await expect(page.locator('img[src=x]')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await customer.sendContent(phone, garbage(id));
  await customer.send(phone, 'e agora?');
  await expect(log(page).getByText('e agora?')).toBeVisible();
  await expect(card).toContainText('1 pessoa votou');
});
