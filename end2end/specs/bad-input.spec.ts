import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { command } from '../support/inbox.ts';
import { INBOX, converse, expectConversation, login, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

/** The longest text WhatsApp takes, in characters. */
const LONGEST = 65_536;

test('an empty message is not sent, and one that is too long is kept in the composer', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const composer = page.getByRole('textbox', { name: 'Mensagem' });

  for (const nothing of ['', '   ', '\n\n']) {
    await composer.fill(nothing);
    await composer.press('Enter');
  }
  const tooLong = 'a'.repeat(70_000);
  await composer.fill(tooLong);
  await composer.press('Enter');
  await expect(page.getByText(/Caracteres a mais que o limite do WhatsApp: \d+\./)).toBeVisible();
  await expect(composer).toHaveValue(tooLong);

  // The server gives the same answer to a request from outside of the page.
  const chat = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const headers = { origin: inbox.url, accept: 'application/json' };
  for (const text of ['', '  ', tooLong, 'é'.repeat(LONGEST + 1)]) {
    const answer = await page.request.post('/api/send_text', { form: { chat, text }, headers });
    expect(answer.status(), `${text.length} characters`).toBe(422);
  }

  await say(page, 'agora sim');
  await customer.expectTexts(phone, ['Oi', 'agora sim']);
  await expectConversation(page, ['Oi', 'agora sim']);
});

test('malformed requests are the caller\'s mistake, and the server stays', async ({ page, inbox }) => {
  await login(page, await inbox.addUser('Ana Alves', 'admin'));
  const functions = ['connect', 'connect_with_code', 'disconnect', 'status', 'chats', 'messages', 'send_text', 'mark_read', 'login', 'invite', 'edit_message', 'revoke_message', 'react', 'forward', 'messages_from', 'message_versions', 'retry_change', 'discard_change'];
  const bodies: { type: string; data: string }[] = [
    { type: 'application/json', data: '{"chat":' },
    { type: 'application/x-www-form-urlencoded', data: 'chat=abc&connection=abc&before=abc&before_at=abc' },
    { type: 'application/x-www-form-urlencoded', data: 'chat[0][1]=%FF%FE&connection[]=&before[a]=1&before_at[b]=2' },
    { type: 'application/octet-stream', data: '\u0000\u0001\u0002' },
  ];
  for (const name of functions) {
    for (const { type, data } of bodies) {
      const answer = await page.request.post(`/api/${name}`, { data, headers: { 'content-type': type, origin: inbox.url, accept: 'application/json' } });
      expect(answer.status(), `${name} ${data}`).toBeLessThan(500);
    }
  }
  for (const [name, data] of [['messages', 'chat=abc'], ['send_text', 'text=x'], ['mark_read', ''], ['invite', 'name=x'], ['edit_message', 'text=x'], ['react', 'emoji=x']] as const) {
    const answer = await page.request.post(`/api/${name}`, { data, headers: { 'content-type': 'application/x-www-form-urlencoded', origin: inbox.url, accept: 'application/json' } });
    expect(answer.status(), name).toBeGreaterThanOrEqual(400);
    expect(answer.status(), name).toBeLessThan(500);
  }
  const unknown = await page.request.post('/api/nothing', { headers: { origin: inbox.url } });
  expect(unknown.status()).toBe(404);
  expect((await page.request.get(`${INBOX}/chat/nothing`)).status()).toBe(404);
  expect((await page.request.get('/pkg/../../../../etc/passwd')).status()).toBe(404);
  expect((await page.request.get('/readyz')).status()).toBe(200);
  expect(inbox.isRunning).toBe(true);
});

test('a taken port is said in a sentence', async ({ inbox }) => {
  const folder = await mkdtemp(join(tmpdir(), 'inbox-pirata-end2end-'));
  const host = new URL(inbox.url).host;
  const finished = await command(['--listen', host, '--data-dir', folder]);
  expect(finished.code).toBe(1);
  expect(finished.output).toContain(`a porta ${host} já está em uso`);
  expect(finished.output).not.toContain('panicked');
  expect(inbox.isRunning).toBe(true);
  await rm(folder, { recursive: true });
});

test('a data folder that cannot be written is said in a sentence', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'inbox-pirata-end2end-'));
  // A file in the folder's place stops root as well, who is exempt from permissions.
  const place = join(folder, 'data');
  await writeFile(place, '');
  const finished = await command(['--listen', '127.0.0.1:0', '--data-dir', place]);
  expect(finished.code).toBe(1);
  expect(finished.output).toContain(`a pasta de dados ${place} não pode ser usada`);
  expect(finished.output).not.toContain('panicked');
  await rm(folder, { recursive: true });
});
