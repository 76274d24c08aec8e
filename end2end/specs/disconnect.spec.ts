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
  await dialog.getByRole('button', { name: 'Cancelar' }).click();
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

test('unlinking on the phone says so in the page', async ({ page, inbox, emulator }) => {
  const phone = await emulator.phone('Loja Pirata');
  await login(page, await inbox.addUser('Ana Alves'));
  const device = await connect(page, phone);
  await phone.unlink(device);
  await expectBadge(page, 'Desconectado');
  await expect(page.getByRole('status').first()).toContainText('desconectado pelo celular');
  await expect(page.getByRole('button', { name: 'Conectar WhatsApp' })).toBeVisible();
});

test('a lost connection comes back without anybody doing anything', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  for (const kind of ['515', 'drop', 'unavailable']) {
    await emulator.fault({ kind, device: phone.number });
    await customer.send(phone, `depois de ${kind}`);
    await expect(chat(page, 'Carla Dias')).toContainText(`depois de ${kind}`, { timeout: 30_000 });
    await expectBadge(page, 'Conectado');
  }
});

test('another client that takes the session over is named as the reason', async ({ page, inbox, emulator }) => {
  const phone = await emulator.phone('Loja Pirata');
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  await emulator.fault({ kind: 'replaced', device: phone.number });
  await expectBadge(page, 'Desconectado');
  await expect(page.getByRole('status').first()).toContainText('sessão substituída');
});
