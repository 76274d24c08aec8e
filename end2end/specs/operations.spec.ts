import { expectBadge, expectTicks, openChat, say, showQr } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test.use({ flags: ['--log-format', 'json', '--metrics-token', 'segredo'] });

interface Line {
  message: string;
  connection_id?: string;
  user_id?: string;
}

test('the log tells each step in one line, and nothing of what was said; the metrics count it', async ({ browserOf, inbox, emulator }) => {
  const ana = await inbox.addUser('Ana Alves');
  const page = await browserOf(ana);
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  const qr = await showQr(page);
  await phone.scan(qr);
  await expectBadge(page, 'Conectado');
  await customer.send(phone, 'palavras da Carla');
  await openChat(page, 'Carla Dias');
  await say(page, 'palavras da Ana');
  await expectTicks(page, 'Entregue');

  const answer = await page.request.get('/metrics', { headers: { authorization: 'Bearer segredo' } });
  const metrics = (await answer.text()).split('\n');
  for (const count of ['inbox_sessions{state="connected"} 1', 'inbox_messages_in 1', 'inbox_messages_out 1', 'inbox_live_streams 1']) {
    expect(metrics).toContain(count);
  }
  expect(metrics.some((line) => /^inbox_request_seconds_bucket\{.*le="0\.05"/.test(line))).toBe(true);

  await inbox.stop('SIGTERM');
  const before = inbox.output;
  await inbox.startAgain();
  await expectBadge(page, 'Conectado');
  const output = before + '\n' + inbox.output;

  const lines = output.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
  for (const step of ['pairing started', 'QR shown', 'connected', 'reconnecting from stored credentials']) {
    expect(lines, step).toContainEqual(expect.objectContaining({ message: step, connection_id: '1', user_id: '1' }));
  }
  for (const step of ['message received', 'message sent']) {
    expect(lines.filter((line) => line.message === step)).toEqual([expect.objectContaining({ connection_id: '1', message_id: expect.any(String) })]);
  }
  for (const secret of ['palavras', qr, qr.split(',')[0]!, phone.number, customer.number, ana.password, ana.email]) {
    expect(output).not.toContain(secret);
  }
});
