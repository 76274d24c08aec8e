import { alive, chat, connect, expectBadge, login } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

const PAIRING = '**/pkg/*/split_pairing.wasm';

test('a part of the program that does not come says so, and loading again helps', async ({ page, inbox, emulator }) => {
  const phone = await emulator.phone('Loja Pirata');
  await page.route(PAIRING, (route) => route.abort());
  await login(page, await inbox.addUser('Ana Alves'));
  await expect(page.getByRole('alert').getByText('Esta parte da página não carregou')).toBeVisible();
  // The rest lives.
  await expectBadge(page, 'Desconectado');

  await page.unroute(PAIRING);
  await page.getByRole('button', { name: 'Recarregar' }).click();
  await connect(page, phone);
});

test('a part comes when it is shown for the first time, however late', async ({ page, inbox, emulator }) => {
  const phone = await emulator.phone('Loja Pirata');
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(PAIRING, async (route) => {
    await held;
    await route.continue();
  });
  // Now it is connected, the page does without.
  await alive(page, () => page.reload());
  await page.getByRole('button', { name: 'Desconectar' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Desconectar' }).click();
  await expectBadge(page, 'Desconectado');
  await expect(page.locator('[data-part=pairing][aria-busy=true]')).toBeAttached();
  release();
  await connect(page, phone);
});

test('a part that the page does not show keeps nothing waiting', async ({ page, inbox, emulator }) => {
  const phone = await emulator.phone('Loja Pirata');
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const customer = await emulator.phone('Carla Dias');
  // The request for it is never answered.
  await page.route(PAIRING, () => {});
  await alive(page, () => page.reload());
  await expectBadge(page, 'Conectado');
  await customer.send(phone, 'Vocês entregam no sábado?');
  await expect(chat(page, 'Carla Dias')).toContainText('Vocês entregam no sábado?');
});

test('the list of numbers comes with a part of its own', async ({ page, inbox }) => {
  await login(page, await inbox.addUser('Rui Ramos', 'admin'));
  await page.route('**/pkg/*/split_connections.wasm', (route) => route.abort());
  await page.goto('/admin/conexoes');
  await expect(page.getByRole('button', { name: 'Recarregar' })).toBeVisible();
  // The list as the server rendered it stays readable.
  await expect(page.getByText('Ninguém conectou um número ainda.')).toBeVisible();
  await page.unroute('**/pkg/*/split_connections.wasm');
  await alive(page, () => page.getByRole('button', { name: 'Recarregar' }).click());
  await expect(page.getByRole('button', { name: 'Recarregar' })).toHaveCount(0);
});
