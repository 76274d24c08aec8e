import { command } from '../support/inbox.ts';
import { FORWARDED, Nginx, freePort } from '../support/nginx.ts';
import { INBOX, chat, connect, expectConversation, expectTicks, fillLogin, login, openChat, say } from '../support/page.ts';
import { test as base, expect } from '../support/test.ts';

/** The product behind an nginx, at the nginx's address. */
const test = base.extend<{ port: number; location: string[]; nginx: Nginx }>({
  port: async ({}, use) => use(await freePort()),

  location: [FORWARDED, { option: true }],

  flags: async ({ port }, use) => use(['--public-url', `https://127.0.0.1:${port}`]),

  nginx: async ({ inbox, port, location }, use, info) => {
    const nginx = await Nginx.start(port, inbox.url, location);
    await use(nginx);
    if (info.status !== info.expectedStatus) {
      await info.attach('nginx.log', { body: nginx.output });
    }
    await nginx.stop();
  },

  baseURL: async ({ nginx: _, port }, use) => use(`https://127.0.0.1:${port}`),
});

test.use({ ignoreHTTPSErrors: true });

test('a number is linked and chats live behind an nginx that buffers and compresses, over HTTP/2', async ({ page, browserOf, inbox, emulator, baseURL }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  const ana = await inbox.addUser('Ana Alves', 'admin');
  await login(page, ana);
  const protocol = () => (performance.getEntriesByType('navigation')[0] as PerformanceNavigationTiming).nextHopProtocol;
  expect(await page.evaluate(protocol)).toBe('h2');
  const cookies = await page.context().cookies();
  expect(cookies.find((cookie) => cookie.name === '__Host-inbox_session')).toMatchObject({ secure: true, httpOnly: true });
  const told = (await page.request.get(INBOX)).headers()['strict-transport-security'];
  expect(told).toBe('max-age=15552000');

  await connect(page, phone);
  await customer.send(phone, 'Vocês entregam no sábado?');
  await expect(chat(page, 'Carla Dias')).toContainText('Vocês entregam no sábado?');
  await openChat(page, 'Carla Dias');
  await say(page, 'Entregamos, sim 🙂');
  await expectTicks(page, 'Entregue');
  await customer.send(phone, 'Obrigada!');
  await expectConversation(page, ['Vocês entregam no sábado?', 'Entregamos, sim 🙂', 'Obrigada!']);
  await customer.expectTexts(phone, ['Vocês entregam no sábado?', 'Entregamos, sim 🙂', 'Obrigada!']);

  // The link for another person carries the nginx's address.
  const admin = await browserOf(ana);
  await admin.goto('/admin/atendentes');
  await admin.getByLabel('Nome').fill('Bruno Braga');
  await admin.getByLabel('E-mail').fill('bruno@exemplo.com.br');
  await admin.getByRole('button', { name: 'Criar convite' }).click();
  const link = await admin.getByLabel('Link', { exact: true }).inputValue();
  expect(link).toMatch(new RegExp(`^${baseURL}/convite/`));

  await page.goto(INBOX);
  await page.getByRole('button', { name: 'Sair' }).click();
  await expect(page).toHaveURL(/\/entrar/);
  await page.goto(INBOX);
  await expect(page).toHaveURL(/\/entrar/);
});

test('`check` has nothing to say against the configuration of the README', async ({ inbox, baseURL }) => {
  const args = ['--data-dir', inbox.dataDir, 'check', '--url', baseURL!, '--own-certificate', '--silence', '2s'];
  const finished = await command(args);
  expect(finished.output).toContain('tudo certo');
  expect(finished.code).toBe(0);
});

test.describe('an nginx that is told nothing but where the server is', () => {
  test.use({ location: [] });

  test('lets people log in, and `check` names each line that is missing', async ({ page, inbox, baseURL }) => {
    await login(page, await inbox.addUser('Ana Alves'));
    const args = ['--data-dir', inbox.dataDir, 'check', '--url', baseURL!, '--silence', '2s'];
    const finished = await command(args);
    expect(finished.code).toBe(1);
    for (const line of ['--own-certificate', ...FORWARDED]) expect(finished.output).toContain(line);
  });
});

test('the page of the server itself names the address to open', async ({ page, inbox, baseURL }) => {
  const ana = await inbox.addUser('Ana Alves');
  await page.goto(`${inbox.url}/entrar`);
  await page.getByRole('alert').getByRole('link', { name: `Abra ${baseURL}` }).click();
  await expect(page).toHaveURL(`${baseURL}/entrar`);
  await fillLogin(page, ana);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await expect(page).toHaveURL(new RegExp(`^${baseURL}${INBOX}$`));
});
