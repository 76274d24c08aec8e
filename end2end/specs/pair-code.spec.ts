import { expectBadge, login, showCode } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('a number is linked by the eight-character code', async ({ page, inbox, emulator }) => {
  const phone = await emulator.phone('Loja Pirata');
  await login(page, await inbox.addUser('Ana Alves'));
  await phone.enterCode(await showCode(page, phone));
  await expectBadge(page, 'Conectado');
  expect(await phone.devices()).toHaveLength(1);
});

test('a number that cannot be one is refused in words', async ({ page, inbox }) => {
  await login(page, await inbox.addUser('Ana Alves'));
  await page.getByLabel('Número do celular').fill('12');
  await page.getByRole('button', { name: 'Conectar com código' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'Confira o número' })).toBeVisible();
  await expectBadge(page, 'Desconectado');
});
