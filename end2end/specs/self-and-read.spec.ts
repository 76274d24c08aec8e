import { chat, connect, expectConversation, login, openChat, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('what is read on the phone is read in the page, and what comes after is not', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  await customer.send(phone, 'um');
  await customer.send(phone, 'dois');
  const row = chat(page, 'Carla Dias');
  await expect(row.getByText('2 mensagens não lidas')).toBeAttached();
  await phone.expectTexts(customer, ['um', 'dois']);

  await phone.read(customer);
  await expect(row.getByText(/não lida/)).toHaveCount(0);
  await customer.send(phone, 'três');
  await expect(row.getByText('1 mensagem não lida')).toBeAttached();
  // The count is the same after a reload.
  await page.reload();
  await expect(row.getByText('1 mensagem não lida')).toBeAttached();
});

test('notes to oneself are one chat called "Você", with the own number', async ({ page, inbox, emulator }) => {
  const phone = await emulator.phone('Loja Pirata');
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  await phone.send(phone, 'comprar fita');
  await expect(chat(page, 'Você')).toContainText('comprar fita');
  await openChat(page, 'Você');
  await expect(page.getByRole('heading', { name: 'Você' })).toBeVisible();
  const digits = phone.number.replace(/^55(\d\d)(\d{5})(\d{4})$/, '+55 $1 $2-$3');
  await expect(page.locator('.conversation-head')).toContainText(digits);

  await say(page, 'comprada');
  await phone.expectTexts(phone, ['comprar fita', 'comprada']);
  await phone.send(phone, 'e cola');
  await expectConversation(page, ['comprar fita', 'comprada', 'e cola']);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Você' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Conversas' }).getByRole('link')).toHaveCount(1);
});

test('the number is online while a page is open, and its phone rings when none is', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const online = async () => (await phone.devices()).map((device) => device.available);
  await expect.poll(online).toEqual([true]);
  await page.close();
  // A reload closes a page for a moment, so the state takes a while to settle.
  await expect.poll(online, { timeout: 30_000 }).toEqual([false]);
  await customer.send(phone, 'Tem alguém?');
  await expect.poll(async () => (await customer.messages(phone)).map((message) => message.status)).toEqual(['delivered']);
  expect(await online()).toEqual([false]);
});
