import { connect, converse, expectBadge, expectConversation, openChat, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('messages sent while the server is down arrive afterwards, once and in order', async ({ page, browserOf, inbox, emulator }) => {
  const ana = await inbox.addUser('Ana Alves');
  const before = await browserOf(ana);
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await connect(before, phone);
  await customer.send(phone, 'no ar');
  await openChat(before, 'Carla Dias');
  await expectConversation(before, ['no ar']);
  const address = new URL(before.url()).pathname;

  await inbox.stop('SIGKILL');
  const missed = Array.from({ length: 12 }, (_, n) => `enquanto fora ${n + 1}`);
  for (const text of missed) await customer.send(phone, text);
  await inbox.startAgain();

  await page.context().addCookies(await before.context().cookies());
  await page.goto(address);
  await expectBadge(page, 'Conectado');
  await expectConversation(page, ['no ar', ...missed]);

  // A second restart does not repeat any of them.
  await inbox.stop('SIGTERM');
  await inbox.startAgain();
  await page.reload();
  await expectBadge(page, 'Conectado');
  await expectConversation(page, ['no ar', ...missed]);
});

test('a message written while WhatsApp cannot be reached leaves when it can', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);

  await emulator.fault({ kind: 'refused', code: 503, count: 2 });
  await emulator.fault({ kind: 'drop', device: phone.number });
  await expect(page.getByRole('status').first()).toContainText('Conectando');
  await say(page, 'escrito sem rede');
  await expectBadge(page, 'Conectado', 30_000);
  await customer.expectTexts(phone, ['Oi', 'escrito sem rede']);
});
