import type { BrowserContext, Page } from '@playwright/test';

import { alive, chat, connect, converse, expectConversation, log, login, openChat, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

/** More tabs than a browser opens connections to one server without TLS. */
const TABS = 9;

async function tabs(context: BrowserContext, address: string, count: number): Promise<Page[]> {
  const pages = await Promise.all(Array.from({ length: count }, () => context.newPage()));
  await Promise.all(pages.map((page) => alive(page, () => page.goto(address))));
  return pages;
}

/** Number of streams that the server has open. */
async function streams(page: Page): Promise<number> {
  const answer = await page.request.get('/metrics', { headers: { authorization: 'Bearer segredo-de-teste' } });
  const line = /^inbox_live_streams (\d+)/m.exec(await answer.text());
  return Number(line?.[1] ?? 0);
}

test.use({ flags: ['--metrics-token', 'segredo-de-teste'] });

for (const shared of [true, false]) {
  test(`nine tabs of one browser load, hear and send${shared ? '' : ', where tabs cannot share a worker and six are hidden'}`, async ({ browserOf, inbox, emulator }) => {
    test.slow();
    const first = await browserOf(await inbox.addUser('Ana Alves'));
    const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
    await connect(first, phone);
    await customer.send(phone, 'Oi');
    await openChat(first, 'Carla Dias');
    if (!shared) {
      await first.context().addInitScript(() => {
        Reflect.deleteProperty(globalThis, 'SharedWorker');
      });
      await first.close();
    }
    const context = first.context();
    const address = first.url();
    let pages: Page[];
    if (shared) {
      pages = [first, ...(await tabs(context, address, TABS - 1))];
      expect(await streams(first), 'one stream for all').toBe(1);
    } else {
      // On a phone, one tab is visible at a time.
      pages = [];
      for (let opened = 0; opened < TABS; opened += 1) {
        for (const page of pages) await show(page, false);
        pages.push(...(await tabs(context, address, 1)));
      }
      await expect.poll(() => streams(pages[0]!), { timeout: 20_000 }).toBe(1);
    }
    const last = pages.at(-1)!;
    await say(last, 'de qual aba?');
    await customer.expectTexts(phone, ['Oi', 'de qual aba?']);
    await customer.send(phone, 'chegou');
    for (const page of shared ? pages : [last]) await expectConversation(page, ['Oi', 'de qual aba?', 'chegou']);
    if (!shared) {
      await show(last, false);
      await show(pages[0]!, true);
      await expectConversation(pages[0]!, ['Oi', 'de qual aba?', 'chegou']);
    }
  });
}

/** Sets a tab visible or hidden; Playwright's tabs are all visible. */
async function show(page: Page, visible: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
    Object.defineProperty(document, 'visibilityState', { configurable: true, value: hidden ? 'hidden' : 'visible' });
    document.dispatchEvent(new Event('visibilitychange'));
  }, !visible);
}

test('a tab that was hidden for long costs nothing, and has everything, once, when it is shown', async ({ page, inbox, emulator }) => {
  await page.clock.install();
  const [phone, customer] = await converse(page, inbox, emulator, 'antes');
  await show(page, false);
  await page.clock.fastForward('06:00');
  await expect(page.locator('html')).toHaveAttribute('data-live', 'asleep');
  await expect.poll(() => streams(page)).toBe(0);
  for (const text of ['um', 'dois', 'três']) await customer.send(phone, text);
  await customer.expectTexts(phone, ['antes', 'um', 'dois', 'três']);

  await show(page, true);
  await expectConversation(page, ['antes', 'um', 'dois', 'três']);
  await customer.send(phone, 'depois');
  await expectConversation(page, ['antes', 'um', 'dois', 'três', 'depois']);
  expect(await streams(page)).toBe(1);
});

test('a tab that comes late has what happened since its page was made', async ({ browserOf, inbox, emulator }) => {
  const first = await browserOf(await inbox.addUser('Ana Alves'));
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await connect(first, phone);
  await customer.send(phone, 'Oi');
  await openChat(first, 'Carla Dias');

  // The page is rendered, and its scripts load only after further events.
  const late = await first.context().newPage();
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await late.route('**/pkg/**/*.js', async (route) => {
    await held;
    await route.continue();
  });
  await late.goto(first.url(), { waitUntil: 'commit' });
  await expect(log(late)).toContainText('Oi');
  await customer.send(phone, 'enquanto isso');
  await expectConversation(first, ['Oi', 'enquanto isso']);
  await alive(late, async () => release());
  await expectConversation(late, ['Oi', 'enquanto isso']);
});

test('the tabs of a user who logged out show nothing of the next one', async ({ browserOf, inbox, emulator }) => {
  const [ana, bruno] = [await inbox.addUser('Ana Alves'), await inbox.addUser('Bruno Braga')];
  const page = await browserOf(ana);
  const second = await page.context().newPage();
  await alive(second, () => second.goto(page.url()));
  await page.getByRole('button', { name: 'Sair' }).click();
  await expect(page).toHaveURL(/\/entrar/);
  await expect(second, 'every tab is logged out').toHaveURL(/\/entrar/);

  await login(page, bruno);
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await connect(page, phone);
  await customer.send(phone, 'para o Bruno');
  await expect(chat(page, 'Carla Dias')).toContainText('para o Bruno');
  await expect(second.getByText('para o Bruno')).toHaveCount(0);
});

test('after a restart of the server every tab goes on', async ({ browserOf, inbox, emulator }) => {
  const first = await browserOf(await inbox.addUser('Ana Alves'));
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await connect(first, phone);
  await customer.send(phone, 'Oi');
  await openChat(first, 'Carla Dias');
  const pages = [first, ...(await tabs(first.context(), first.url(), 2))];
  await inbox.stop('SIGKILL');
  await customer.send(phone, 'enquanto fora');
  await inbox.startAgain();
  for (const page of pages) await expectConversation(page, ['Oi', 'enquanto fora']);
});
