import { chat, connect, converse, expectBadge, expectConversation, expectTicks, log, login, openChat, say, showQr } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('a number is linked by the QR on the screen, and chats from the page', async ({ page, inbox, emulator }) => {
  const phone = await emulator.phone('Loja Pirata');
  const customer = await emulator.phone('Carla Dias');
  await login(page, await inbox.addUser('Ana Alves'));
  await expectBadge(page, 'Desconectado');

  // The QR is read from a picture of the page, as a phone would.
  const qr = await showQr(page);
  await expectBadge(page, 'Aguardando leitura');
  await expect(page.getByText(/código 1 de \d/)).toBeVisible();
  await expect(page.getByText(/novo código em \d+ s/)).toBeVisible();
  await phone.scan(qr);
  await expectBadge(page, 'Conectado');

  // A message of another phone appears in the open page.
  await customer.send(phone, 'Vocês entregam no sábado?');
  await expect(chat(page, 'Carla Dias')).toContainText('Vocês entregam no sábado?');
  await openChat(page, 'Carla Dias');
  await expectConversation(page, ['Vocês entregam no sábado?']);
  await customer.send(phone, 'É para o CEP 70000-000');
  await expectConversation(page, ['Vocês entregam no sábado?', 'É para o CEP 70000-000']);

  // The answer is decrypted on that phone, from the right sender.
  await say(page, 'Entregamos, sim. Até as 18 h 🙂');
  await expectTicks(page, 'Entregue');
  await customer.expectTexts(phone, ['Vocês entregam no sábado?', 'É para o CEP 70000-000', 'Entregamos, sim. Até as 18 h 🙂']);
  const answer = (await customer.messages(phone)).at(-1);
  expect(answer).toMatchObject({ from: phone.number, from_me: false, kind: 'text' });

  // The ticks turn blue once it is read there.
  await customer.read(phone);
  await expectTicks(page, 'Lida');
  await emulator.expectNothingUnanswered();
});

test('Shift+Enter breaks the line, "Enviar" sends as Enter does', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);

  const composer = page.getByRole('textbox', { name: 'Mensagem' });
  await composer.fill('primeira linha');
  await composer.press('Shift+Enter');
  await composer.pressSequentially('segunda linha');
  await page.getByRole('button', { name: 'Enviar', exact: true }).click();
  await customer.expectTexts(phone, ['Oi', 'primeira linha\nsegunda linha']);
});

test('what the phone itself sends and reads shows in the page', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  await customer.send(phone, 'Oi');
  await expect(chat(page, 'Carla Dias').getByText('1 mensagem não lida')).toBeAttached();
  await phone.expectTexts(customer, ['Oi']);
  await phone.read(customer);
  await expect(chat(page, 'Carla Dias').getByText(/não lida/)).toHaveCount(0);
  await openChat(page, 'Carla Dias');
  await phone.send(customer, 'Respondi pelo celular');
  await expectConversation(page, ['Oi', 'Respondi pelo celular']);
  await expect(log(page)).toContainText('pelo celular');
});

test('unread messages are counted until the chat is opened', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  await customer.send(phone, 'um');
  await customer.send(phone, 'dois');
  await expect(chat(page, 'Carla Dias').getByText('2 mensagens não lidas')).toBeAttached();

  await openChat(page, 'Carla Dias');
  await expect(page.getByText('2 mensagens não lidas')).toHaveCount(0);
  // The customer sees it too.
  await expect.poll(async () => (await customer.messages(phone)).map((message) => message.status)).toEqual(['read', 'read']);
});

test('the newest chat comes first', async ({ page, inbox, emulator }) => {
  const phone = await emulator.phone('Loja Pirata');
  const [carla, davi] = [await emulator.phone('Carla Dias'), await emulator.phone('Davi Esteves')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const names = page.getByRole('list', { name: 'Conversas' }).getByRole('link');

  await carla.send(phone, 'primeiro');
  await expect(names).toHaveCount(1);
  await davi.send(phone, 'depois');
  await expect(names.first()).toContainText('Davi Esteves');
  await carla.send(phone, 'de novo');
  await expect(names.first()).toContainText('Carla Dias');
  await expect(names).toHaveCount(2);
});

test('messages leave in the order in which they were written, however late the first request is', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator, 'oi');
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/api/send_text', async (route) => {
    await held;
    await route.continue();
  }, { times: 1 });
  await say(page, 'primeira');
  await say(page, 'segunda');
  await expectConversation(page, ['oi', 'primeira', 'segunda']);
  release();
  await customer.expectTexts(phone, ['oi', 'primeira', 'segunda']);
});
