import { connect, expectBadge, expectConversation, openChat, say, showQr } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('two users connect at once, each with a QR and a number of their own', async ({ browserOf, inbox, emulator }) => {
  const [ana, bruno] = [await browserOf(await inbox.addUser('Ana Alves')), await browserOf(await inbox.addUser('Bruno Braga'))];
  const [phoneA, phoneB] = [await emulator.phone('Vendas'), await emulator.phone('Suporte')];

  const [qrA, qrB] = await Promise.all([showQr(ana), showQr(bruno)]);
  expect(qrA).not.toBe(qrB);
  await Promise.all([phoneA.scan(qrA), phoneB.scan(qrB)]);
  await Promise.all([expectBadge(ana, 'Conectado'), expectBadge(bruno, 'Conectado')]);
  expect([(await phoneA.devices()).length, (await phoneB.devices()).length]).toEqual([1, 1]);
});

test('what a user sends leaves through their own number', async ({ browserOf, inbox, emulator }) => {
  const [ana, bruno] = [await browserOf(await inbox.addUser('Ana Alves')), await browserOf(await inbox.addUser('Bruno Braga'))];
  const [phoneA, phoneB] = [await emulator.phone('Vendas'), await emulator.phone('Suporte')];
  const customer = await emulator.phone('Carla Dias');
  await connect(ana, phoneA);
  await connect(bruno, phoneB);

  await customer.send(phoneA, 'para vendas');
  await customer.send(phoneB, 'para suporte');
  await openChat(ana, 'Carla Dias');
  await openChat(bruno, 'Carla Dias');
  await say(ana, 'de vendas');
  await say(bruno, 'de suporte');

  await customer.expectTexts(phoneA, ['para vendas', 'de vendas']);
  await customer.expectTexts(phoneB, ['para suporte', 'de suporte']);
  await expectConversation(ana, ['para vendas', 'de vendas']);
  await expectConversation(bruno, ['para suporte', 'de suporte']);
});
