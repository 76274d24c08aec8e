import { chat, connect, expectBadge, expectConversation, openChat, say } from '../support/page.ts';
import { qrPicture } from '../support/qr.ts';
import { expect, test } from '../support/test.ts';

/** Time from the start of listening until every number is connected. */
const RECONNECTED_MS = 3_000;

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`after ${signal} both numbers reconnect within 3 s, without a QR, with their conversations`, async ({ browserOf, inbox, emulator }) => {
    const [ana, bruno] = [await browserOf(await inbox.addUser('Ana Alves')), await browserOf(await inbox.addUser('Bruno Braga'))];
    const [phoneA, phoneB] = [await emulator.phone('Vendas'), await emulator.phone('Suporte')];
    const customer = await emulator.phone('Carla Dias');
    await connect(ana, phoneA);
    await connect(bruno, phoneB);
    await customer.send(phoneA, 'antes de reiniciar');
    await expect(chat(ana, 'Carla Dias')).toContainText('antes de reiniciar');

    await inbox.stop(signal);
    await expect.poll(async () => [...(await phoneA.devices()), ...(await phoneB.devices())].map((device) => device.online)).toEqual([false, false]);
    await inbox.startAgain();

    // No page has to be open for it: WhatsApp's side reports when they are back.
    const intervals = Array.from({ length: 200 }, () => 25);
    await expect
      .poll(async () => [...(await phoneA.devices()), ...(await phoneB.devices())].map((device) => device.online), { intervals })
      .toEqual([true, true]);
    expect(performance.now() - inbox.listeningSince).toBeLessThan(RECONNECTED_MS);

    for (const page of [ana, bruno]) {
      await page.reload();
      await expectBadge(page, 'Conectado');
      await expect(qrPicture(page)).toHaveCount(0);
    }
    await openChat(ana, 'Carla Dias');
    await expectConversation(ana, ['antes de reiniciar']);
    await say(ana, 'depois de reiniciar');
    await customer.expectTexts(phoneA, ['antes de reiniciar', 'depois de reiniciar']);
  });
}

test('a page that stays open through a restart comes back by itself', async ({ browserOf, inbox, emulator }) => {
  const page = await browserOf(await inbox.addUser('Ana Alves'));
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await connect(page, phone);
  await customer.send(phone, 'antes');
  await openChat(page, 'Carla Dias');

  await inbox.stop('SIGKILL');
  await customer.send(phone, 'durante');
  await inbox.startAgain();
  await expectConversation(page, ['antes', 'durante']);
  await expectBadge(page, 'Conectado');
});
