import { chat, connect, expectBadge, expectTicks, log, login, openChat, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('edits, deletions and reactions change what was said, live and after an absence', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const address = await customer.send(phone, 'Entregar na rua A, 10');
  await openChat(page, 'Carla Dias');
  await customer.edit(phone, address, 'Entregar na rua B, 20');
  await expect(log(page).getByText('Entregar na rua B, 20')).toBeVisible();
  await expect(log(page).getByRole('button', { name: 'editada' })).toBeVisible();
  await expect(log(page).getByText('rua A')).toHaveCount(0);
  await expect(chat(page, 'Carla Dias')).toContainText('rua B');

  await say(page, 'Anotado! Pode ser amanhã?');
  await expectTicks(page, 'Entregue');
  const answer = (await customer.messages(phone)).at(-1)!;
  await customer.react(phone, answer.id, '👍');
  await expect(log(page).getByText('👍')).toBeVisible();
  await customer.react(phone, answer.id, '');
  await expect(log(page).getByText('👍')).toBeHidden();

  await customer.revoke(phone, await customer.send(phone, 'Mandei errado'));
  await expect(log(page).getByText('Mensagem apagada')).toHaveCount(1);
  await expect(log(page).getByText('Mandei errado')).toHaveCount(0);

  // No page is open during this.
  const secret = await customer.send(phone, 'Meu CPF é 000.000.000-00');
  await expect(log(page).getByText('Meu CPF')).toBeVisible();
  await inbox.stop('SIGKILL');
  await customer.edit(phone, address, 'Entregar na rua C, 30');
  await customer.revoke(phone, secret);
  await customer.react(phone, answer.id, '❤️');
  await inbox.startAgain();
  await expectBadge(page, 'Conectado', 30_000);
  await expect(log(page).getByText('Mensagem apagada')).toHaveCount(2);
  await expect(log(page).getByText('❤️')).toBeVisible();
  await expect(log(page).getByText('Entregar na rua C, 30')).toBeVisible();
  await expect(page.getByText('Meu CPF')).toHaveCount(0);
  await expect(chat(page, 'Carla Dias')).toContainText('Mensagem apagada');

  await page.reload();
  await expect(log(page).getByText('Mensagem apagada')).toHaveCount(2);
  await expect(log(page).getByText('Entregar na rua C, 30')).toBeVisible();
});
