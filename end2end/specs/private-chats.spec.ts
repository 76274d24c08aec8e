import { chat, connect, log, openChat, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('a private conversation goes from everybody else at once, and comes back', async ({ browserOf, inbox, emulator }) => {
  const [phone, carla, davi] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias'), await emulator.phone('Davi Nunes')];
  const owner = await browserOf(await inbox.addUser('Bruno Braga'));
  await connect(owner, phone);
  await carla.send(phone, 'É sobre o meu exame');
  await davi.send(phone, 'Abrem no sábado?');
  await openChat(owner, 'Carla Dias');
  const admin = await browserOf(await inbox.addUser('Ana Alves', 'admin'));
  await chat(admin, 'Carla Dias').click();
  await expect(log(admin).getByText('É sobre o meu exame')).toBeVisible();
  const address = admin.url();
  await expect(admin.getByRole('button', { name: 'Conversa privada' }), 'only its owner decides').toHaveCount(0);

  const lock = owner.getByRole('button', { name: 'Conversa privada' });
  await expect(lock).toHaveAttribute('aria-pressed', 'false');
  await lock.click();
  await expect(lock).toHaveAttribute('aria-pressed', 'true');
  await expect(owner.locator('.conversation-head')).toContainText('só você vê');
  await expect(chat(admin, 'Carla Dias')).toHaveCount(0);
  await expect(admin.getByText('É sobre o meu exame')).toHaveCount(0);
  await expect(chat(admin, 'Davi Nunes')).toHaveCount(1);
  expect((await admin.request.get(address)).status()).toBe(404);
  await say(owner, 'Respondo só aqui.');
  await carla.expectTexts(phone, ['É sobre o meu exame', 'Respondo só aqui.']);

  await lock.click();
  await expect(lock).toHaveAttribute('aria-pressed', 'false');
  await chat(admin, 'Carla Dias').click();
  await expect(log(admin).getByText('Respondo só aqui.')).toBeVisible();
});

test('a whole number is private but what the owner opens, what comes later included', async ({ browserOf, inbox, emulator }) => {
  const [phone, carla, davi] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias'), await emulator.phone('Davi Nunes')];
  const owner = await browserOf(await inbox.addUser('Bruno Braga'));
  await connect(owner, phone);
  await carla.send(phone, 'Oi');
  await expect(chat(owner, 'Carla Dias')).toBeVisible();
  const admin = await browserOf(await inbox.addUser('Ana Alves', 'admin'));
  await expect(chat(admin, 'Carla Dias')).toBeVisible();

  await owner.getByRole('link', { name: 'Ajustes do número' }).click();
  await owner.getByRole('button', { name: 'Tornar todas privadas' }).click();
  await expect(owner.getByText('Só você vê as conversas deste número')).toBeVisible();
  await expect(chat(admin, 'Carla Dias')).toHaveCount(0);
  await owner.getByRole('link', { name: 'Ver conversas' }).click();
  await davi.send(phone, 'Abrem no sábado?');
  await openChat(owner, 'Davi Nunes');
  await expect(chat(admin, 'Davi Nunes')).toHaveCount(0);
  await owner.getByRole('button', { name: 'Conversa privada' }).click();
  await expect(chat(admin, 'Davi Nunes')).toBeVisible();
  await expect(chat(admin, 'Carla Dias')).toHaveCount(0);

  // The open chats are listed where the number is made private, and can be closed there again.
  await owner.getByRole('link', { name: 'Ajustes do número' }).click();
  const opened = owner.getByRole('list', { name: 'Conversas abertas' });
  await expect(opened.getByRole('listitem')).toHaveText([/Davi Nunes/]);
  await opened.getByRole('button', { name: 'Tornar privada: Davi Nunes' }).click();
  await expect(opened).toHaveCount(0);
  await expect(chat(admin, 'Davi Nunes')).toHaveCount(0);

  await admin.goto('/numeros/1');
  await expect(admin.getByRole('heading', { name: 'Acessos' })).toBeVisible();
  await expect(admin.getByRole('heading', { name: 'Privacidade' })).toHaveCount(0);
});
