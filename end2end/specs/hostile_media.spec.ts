import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';

import { connect, log, login, openChat } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test.use({ flags: ['--media-quota-sender', '100kB'] });

const refusal = 'Por segurança, o arquivo não foi baixado';

test('a file that leads elsewhere, is too large or makes room for others says so, and reaches nobody', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const elsewhere = createServer();
  let reached = 0;
  elsewhere.on('connection', (socket) => {
    reached += 1;
    socket.destroy();
  });
  await once(elsewhere.listen(0, '127.0.0.1'), 'listening');
  const { port } = elsewhere.address() as AddressInfo;
  const document = (size: number, name: string) =>
    ({ kind: 'document', mime: 'application/zip', bytes: Buffer.alloc(size, name), file_name: name }) as const;
  const bubble = (name: string) => log(page).getByRole('article').filter({ hasText: name });

  await customer.sendMedia(phone, { ...document(9, 'falso.zip'), direct_path: `@127.0.0.1:${port}/x` });
  await openChat(page, 'Carla Dias');
  await expect(bubble('falso.zip').getByRole('alert')).toContainText(refusal);
  await expect(bubble('falso.zip').getByRole('button', { name: 'Tentar de novo' })).toBeHidden();

  await customer.sendMedia(phone, document(100_001, 'grande.zip'));
  await expect(bubble('grande.zip').getByRole('alert')).toContainText('O arquivo é maior do que o permitido aqui');

  await customer.sendMedia(phone, document(60_000, 'primeiro.zip'));
  await expect(log(page).locator('a[href]', { hasText: 'primeiro.zip' })).toBeVisible();
  await customer.sendMedia(phone, document(60_001, 'segundo.zip'));
  await expect(log(page).locator('a[href]', { hasText: 'segundo.zip' })).toBeVisible();
  const removed = bubble('primeiro.zip').getByRole('alert');
  await expect(removed).toContainText('Removido para liberar espaço');
  await removed.getByRole('button', { name: 'Tentar de novo' }).click();
  await expect(log(page).locator('a[href]', { hasText: 'primeiro.zip' })).toBeVisible();
  await expect(bubble('segundo.zip').getByRole('alert')).toContainText('Removido para liberar espaço');

  expect(reached).toBe(0);
  elsewhere.close();
});
