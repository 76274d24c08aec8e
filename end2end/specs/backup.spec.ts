import { once } from 'node:events';
import { watch } from 'node:fs';
import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

import { Inbox, command } from '../support/inbox.ts';
import { connect, expectBadge, expectConversation, linesOf, login, openChat, say } from '../support/page.ts';
import { qrPicture } from '../support/qr.ts';
import { expect, test } from '../support/test.ts';

const PASSPHRASE = 'tambor lua çedilha 9';

/** Number of messages sent from the first write of the backup on, however long the backup takes. */
const DURING = 20;

test('a backup made while messages come starts elsewhere: connected without a QR, with its conversations', async ({ browser, browserOf, inbox, emulator }, info) => {
  const ana = await inbox.addUser('Ana Alves');
  const page = await browserOf(ana);
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await connect(page, phone);
  const before = ['antes 1', 'antes 2', 'antes 3'];
  for (const text of before) await customer.send(phone, text);
  await openChat(page, 'Carla Dias');
  await expectConversation(page, before);

  const folder = info.outputPath('backup');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'inbox.backup');
  const watcher = watch(folder);
  const begun = once(watcher, 'change');
  const made = inbox.backup(file, PASSPHRASE);
  await Promise.race([begun, made]);
  watcher.close();
  const during = Array.from({ length: DURING }, (_, n) => `durante ${n + 1}`);
  for (const text of during) await customer.send(phone, text);
  const { code, output } = await made;
  expect(code, output).toBe(0);
  expect(output).toContain('logins e convites não fazem parte');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  // The server is not affected and goes on.
  await customer.send(phone, 'tarde demais');
  await expectConversation(page, [...before, ...during, 'tarde demais']);
  // Messages that are not confirmed would come again, to any server with the keys.
  await expect.poll(async () => (await phone.devices()).map(({ queued }) => queued)).toEqual([0]);
  await inbox.stop('SIGTERM');

  const elsewhere = await Inbox.restored(emulator, file, PASSPHRASE);
  const context = await browser.newContext({ baseURL: elsewhere.url });
  try {
    const restored = await context.newPage();
    await login(restored, ana);
    await expectBadge(restored, 'Conectado');
    await expect(qrPicture(restored)).toHaveCount(0);
    expect(await phone.devices()).toHaveLength(1);
    await openChat(restored, 'Carla Dias');
    await expectConversation(restored, before);
    // The database is a snapshot of one moment: it has every message until then, without a gap, and
    // no later one.
    const shown = await linesOf(restored);
    const there = during.filter((text) => shown.includes(text));
    expect(there).toEqual(during.slice(0, there.length));
    expect(shown).not.toContain('tarde demais');

    // The customer's phone has moved on since the backup of the keys, and they still fit.
    await customer.send(phone, 'depois');
    await expectConversation(restored, [...before, ...there, 'depois']);
    await say(restored, 'voltamos');
    await customer.expectTexts(phone, [...before, ...during, 'tarde demais', 'depois', 'voltamos']);
  } finally {
    await context.close();
    await elsewhere.remove();
  }
});

test('a backup asks for its passphrase, and nothing is overwritten', async ({ inbox }, info) => {
  await inbox.addUser('Ana Alves');
  await mkdir(info.outputDir, { recursive: true });
  const file = info.outputPath('inbox.backup');
  expect((await inbox.backup(file, PASSPHRASE)).code).toBe(0);
  const again = await inbox.backup(file, PASSPHRASE);
  expect(again.code).not.toBe(0);
  expect(again.output).toContain('já existe');

  const empty = info.outputPath('empty');
  const restore = (dataDir: string, args: string[], input: string) => command(['--data-dir', dataDir, 'restore', file, ...args], input);
  expect((await restore(empty, [], '')).output).toContain('--passphrase-stdin');
  expect((await restore(empty, ['--passphrase-stdin'], 'outra\n')).output).toContain('a senha do backup está errada');
  const taken = await restore(inbox.dataDir, ['--passphrase-stdin'], `${PASSPHRASE}\n`);
  expect(taken.code).not.toBe(0);
  expect(taken.output).toContain('já existe um banco de dados');
});
