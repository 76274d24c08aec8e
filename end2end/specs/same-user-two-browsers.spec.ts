import { badge, connect, expectBadge, expectConversation, openChat, say, showQr } from '../support/page.ts';
import { readQr } from '../support/qr.ts';
import { expect, test } from '../support/test.ts';

test('a second browser of the same user joins the session: same QR, both connected', async ({ browserOf, inbox, emulator }) => {
  const ana = await inbox.addUser('Ana Alves');
  const [first, second] = [await browserOf(ana), await browserOf(ana)];
  const phone = await emulator.phone('Loja Pirata');

  const qr = await showQr(first);
  await expectBadge(second, 'Aguardando leitura');
  const late = await browserOf(ana);
  await expectBadge(late, 'Aguardando leitura');
  expect([await readQr(second), await readQr(late)]).toEqual([qr, qr]);

  await phone.scan(qr);
  for (const page of [first, second, late]) await expectBadge(page, 'Conectado');
  expect(await phone.devices()).toHaveLength(1);
});

test('both click at the same moment and still share one session', async ({ browserOf, inbox }) => {
  const ana = await inbox.addUser('Ana Alves');
  const [first, second] = [await browserOf(ana), await browserOf(ana)];
  // The buttons are found before either is pressed, since the first click may remove the second
  // button.
  const buttons = await Promise.all([first, second].map((page) => page.getByRole('button', { name: 'Conectar WhatsApp' }).elementHandle()));
  await Promise.all(buttons.map((button) => button?.evaluate((element: HTMLElement) => element.click())));
  const [one, other] = await Promise.all([readQr(first), readQr(second)]);
  expect(one).toBe(other);
});

test('what is written in one browser appears in the other', async ({ browserOf, inbox, emulator }) => {
  const ana = await inbox.addUser('Ana Alves');
  const [first, second] = [await browserOf(ana), await browserOf(ana)];
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await connect(first, phone);
  await expect(badge(second)).toContainText('Conectado');

  await customer.send(phone, 'Oi');
  await openChat(first, 'Carla Dias');
  await openChat(second, 'Carla Dias');
  await say(first, 'Bom dia!');
  await expectConversation(second, ['Oi', 'Bom dia!']);
});
