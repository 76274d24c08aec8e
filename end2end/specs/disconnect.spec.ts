import { chat, connect, expectBadge, login, showQr } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('"Desconectar" asks first, unlinks the device, and keeps the conversations', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  await customer.send(phone, 'Oi');
  await expect(chat(page, 'Carla Dias')).toBeVisible();

  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Desconectar' }).click();
  await dialog.getByRole('button', { name: 'Cancelar', exact: true }).click();
  await expectBadge(page, 'Conectado');
  expect(await phone.devices()).toHaveLength(1);

  await page.getByRole('button', { name: 'Desconectar' }).click();
  await dialog.getByRole('button', { name: 'Desconectar' }).click();
  await expectBadge(page, 'Desconectado');
  await expect.poll(() => phone.devices()).toEqual([]);
  await expect(chat(page, 'Carla Dias')).toBeVisible();

  // The same number comes back with a new QR.
  await phone.scan(await showQr(page));
  await expectBadge(page, 'Conectado');
});
