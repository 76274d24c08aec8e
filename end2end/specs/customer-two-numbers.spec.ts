import { chat, connect, expectConversation, openChat } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('a customer who writes to two numbers is two chats, each seen only by those who may', async ({ browserOf, inbox, emulator }) => {
  const [ana, bruno] = [await browserOf(await inbox.addUser('Ana Alves')), await browserOf(await inbox.addUser('Bruno Braga'))];
  const admin = await browserOf(await inbox.addUser('Clara Chefe', 'admin'));
  const [phoneA, phoneB] = [await emulator.phone('Vendas'), await emulator.phone('Suporte')];
  const customer = await emulator.phone('Carla Dias');
  await connect(ana, phoneA);
  await connect(bruno, phoneB);

  await customer.send(phoneA, 'só para vendas');
  await customer.send(phoneB, 'só para suporte');

  await expect(chat(ana, 'Carla Dias')).toHaveCount(1);
  await openChat(ana, 'Carla Dias');
  await expectConversation(ana, ['só para vendas']);
  await expect(ana.getByText('só para suporte')).toHaveCount(0);

  await expect(chat(bruno, 'Carla Dias')).toHaveCount(1);
  await openChat(bruno, 'Carla Dias');
  await expectConversation(bruno, ['só para suporte']);
  await expect(bruno.getByText('só para vendas')).toHaveCount(0);

  // The administrator sees both chats, and they stay two.
  await expect(chat(admin, 'Carla Dias')).toHaveCount(2);
});
