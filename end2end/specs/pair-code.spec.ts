import { expectBadge, login } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('a number is linked by the eight-character code', async ({ page, inbox, emulator }) => {
  const phone = await emulator.phone('Loja Pirata');
  await login(page, await inbox.addUser('Ana Alves'));

  await page.getByLabel('Número do celular').fill(`+${phone.number}`);
  await page.getByRole('button', { name: 'Conectar com código' }).click();
  const shown = page.getByLabel(/^Código de conexão/);
  await expect(shown).toHaveText(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);

  await phone.enterCode((await shown.innerText()).replace('-', ''));
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
