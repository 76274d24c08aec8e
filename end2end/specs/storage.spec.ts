import { execFileSync } from 'node:child_process';
import { rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { badge, converse, expectBadge, expectTicks, log, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

/** Free space beyond the reserve, since other processes write to the disk as well. */
const ROOM = 2 * 1024 ** 3;

test.use({
  flags: async ({}, use) => {
    const { bavail, bsize } = await statfs(tmpdir());
    await use(['--disk-reserve', `${bavail * bsize - ROOM}B`]);
  },
});

test('a disk without its reserve pauses the number, says so, and loses nothing', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  expect((await page.request.get('/readyz')).status()).toBe(200);

  const filler = join(inbox.dataDir, 'cheio');
  execFileSync('fallocate', ['--length', String(ROOM * 1.5), filler]);
  await expectBadge(page, 'Pausado');
  await expect(badge(page)).toContainText('o servidor está sem espaço em disco. O que chegar espera no WhatsApp e entra sozinho quando houver espaço');
  const ready = await page.request.get('/readyz');
  expect([ready.status(), await ready.text()]).toEqual([503, 'disk full']);
  await customer.send(phone, 'Tem alguém aí?');
  await say(page, 'Já respondo');
  await expect(log(page).getByRole('img', { name: 'Na fila' })).toBeVisible();
  await page.reload();
  await expect(log(page).getByText('Oi', { exact: true })).toBeVisible();

  await rm(filler);
  await expectBadge(page, 'Conectado');
  await expectTicks(page, 'Entregue');
  await expect(log(page).getByText('Tem alguém aí?')).toBeVisible();
  await customer.expectTexts(phone, ['Oi', 'Tem alguém aí?', 'Já respondo']);
});
