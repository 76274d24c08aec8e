import { badge, converse, expectBadge, expectConversation, log } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('after an absence the number says how many messages were recovered, and what cannot be read yet is resolved in place', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator, 'no ar');
  await expect(badge(page)).not.toContainText('recuperada');

  await inbox.stop('SIGKILL');
  const missed = ['primeira', 'segunda', 'terceira'];
  for (const text of missed) await customer.send(phone, text);
  await inbox.startAgain();
  await expectBadge(page, 'Conectado', 30_000);
  await expect(badge(page)).toContainText(/fora por \d+ s: 3 mensagens recuperadas/);
  await expectConversation(page, ['no ar', ...missed]);

  const settings = page.getByRole('link', { name: 'Ajustes do número' });
  const number = await page.context().newPage();
  await number.goto((await settings.getAttribute('href'))!);
  await expect(number.getByRole('list', { name: 'Quando ficou fora' }).getByRole('listitem')).toHaveText([/fora por \d+ s: 3 mensagens recuperadas/]);

  // The message is corrupted in transit, the number's own phone does not give it to the inbox, and the customer's
  // phone sends it again late.
  await emulator.fault({ kind: 'phone-asleep', device: phone.number });
  await emulator.fault({ kind: 'corrupt', device: phone.number });
  await emulator.fault({ kind: 'delay', device: phone.number, delay_ms: 3_000 });
  await customer.send(phone, 'chegou quebrada');
  const placeholder = log(page).getByText(/Aguardando mensagem/);
  await expect(placeholder).toBeVisible();
  await expect(badge(page)).toContainText('1 mensagem pendente');
  await expect(log(page).getByText('chegou quebrada')).toBeVisible();
  await expect(placeholder).toHaveCount(0);
  await expect(badge(page)).not.toContainText('pendente');
  await expectConversation(page, ['no ar', ...missed, 'chegou quebrada']);
});
