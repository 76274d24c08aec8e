import type { Page } from '@playwright/test';

import { INBOX, connect, expectConversation, openChat } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

/** Calls a server function as the page's user. */
async function call(page: Page, name: string, form: Record<string, string>) {
  return page.request.post(`/api/${name}`, {
    form,
    headers: { origin: new URL(page.url()).origin, accept: 'application/json' },
  });
}

test("somebody else's chat looks like one that does not exist", async ({ browserOf, inbox, emulator }) => {
  const [ana, bruno] = [await browserOf(await inbox.addUser('Ana Alves')), await browserOf(await inbox.addUser('Bruno Braga'))];
  const [phone, customer] = [await emulator.phone('Vendas'), await emulator.phone('Carla Dias')];
  await connect(ana, phone);
  await customer.send(phone, 'segredo');
  await openChat(ana, 'Carla Dias');
  await expectConversation(ana, ['segredo']);
  const chatId = new URL(ana.url()).pathname.split('/').at(-1) ?? '';
  expect(chatId).toMatch(/^\d+$/);

  const theirs = await bruno.goto(`${INBOX}/chat/${chatId}`);
  expect(theirs?.status()).toBe(404);
  expect(await bruno.content()).not.toContain('segredo');
  const unknown = await bruno.goto(`${INBOX}/chat/999999`);
  expect(unknown?.status()).toBe(404);

  for (const [name, form] of [
    ['messages', {}],
    ['send_text', { text: 'intruso' }],
    ['mark_read', {}],
  ] as const) {
    const [denied, missing] = [await call(bruno, name, { chat: chatId, ...form }), await call(bruno, name, { chat: '999999', ...form })];
    expect([denied.status(), missing.status()], name).toEqual([404, 404]);
    expect(await denied.text(), name).toBe(await missing.text());
  }
  await customer.expectTexts(phone, ['segredo']);
});

test('live events of a number reach only those who may see it', async ({ browserOf, inbox, emulator }) => {
  const [ana, bruno] = [await browserOf(await inbox.addUser('Ana Alves')), await browserOf(await inbox.addUser('Bruno Braga'))];
  const [phoneA, phoneB] = [await emulator.phone('Vendas'), await emulator.phone('Suporte')];
  const customer = await emulator.phone('Carla Dias');
  await connect(ana, phoneA);
  await connect(bruno, phoneB);

  await customer.send(phoneA, 'para Ana');
  await customer.send(phoneB, 'para Bruno');
  const chats = (page: Page) => page.getByRole('list', { name: 'Conversas' });
  // Bruno's own chat came after Ana's, so hers would have appeared before it.
  await expect(chats(bruno)).toContainText('para Bruno');
  await expect(chats(bruno)).not.toContainText('para Ana');
  await expect(chats(ana)).toContainText('para Ana');
  await expect(chats(ana)).not.toContainText('para Bruno');
});

test('a request from another site changes nothing', async ({ browserOf, inbox }) => {
  const page = await browserOf(await inbox.addUser('Ana Alves'));
  for (const [name, value] of [['origin', 'https://evil.example'], ['sec-fetch-site', 'cross-site']] as const) {
    const answer = await page.request.post('/api/logout', { headers: { [name]: value } });
    expect(answer.status()).toBe(403);
  }
  await page.reload();
  await expect(page).toHaveURL(new RegExp(`${INBOX}$`));
});
