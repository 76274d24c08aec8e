import type { Page } from '@playwright/test';

import type { Emulator, Phone } from '../support/emulator.ts';
import { alive, chat, connect, fillLogin, log, login, openChat, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

const field = (page: Page) => page.getByRole('textbox', { name: 'Mensagem' });

/** Types a draft, and waits until the server has saved it. */
async function draft(page: Page, text: string): Promise<void> {
  const saved = page.waitForResponse((response) => response.url().endsWith('/api/save_draft') && response.ok());
  await field(page).fill(text);
  await saved;
}

/** All data that the browser stores for the page. */
const kept = (page: Page) => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));

/** A linked number with a conversation that is open. */
async function conversation(page: Page, emulator: Emulator): Promise<{ phone: Phone; customer: Phone }> {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await connect(page, phone);
  await customer.send(phone, 'Oi');
  await openChat(page, 'Carla Dias');
  return { phone, customer };
}

test('a draft is there in another chat, after a reload and in a new browser, until it is sent', async ({ browserOf, inbox, emulator }) => {
  const ana = await inbox.addUser('Ana Alves');
  const page = await browserOf(ana);
  const { phone, customer } = await conversation(page, emulator);
  const other = await emulator.phone('Davi Nunes');
  await other.send(phone, 'Bom dia');
  const text = '\nprimeira <b>linha</b>\n"segunda" 😀';
  await draft(page, text);
  await openChat(page, 'Davi Nunes');
  await expect(field(page)).toHaveValue('');
  await expect(chat(page, 'Carla Dias')).toContainText('Rascunho: primeira <b>linha</b>');
  await openChat(page, 'Carla Dias');
  await expect(field(page)).toHaveValue(text);
  await alive(page, () => page.reload());
  await expect(field(page)).toHaveValue(text);
  // The browser closes without notice.
  await page.context().close();

  const tomorrow = await browserOf(ana);
  await expect(chat(tomorrow, 'Carla Dias')).toContainText('Rascunho:');
  await openChat(tomorrow, 'Carla Dias');
  await expect(field(tomorrow)).toHaveValue(text);
  await field(tomorrow).press('Enter');
  await customer.expectTexts(phone, ['Oi', text]);
  await expect(chat(tomorrow, 'Carla Dias')).not.toContainText('Rascunho:');
  await alive(tomorrow, () => tomorrow.reload());
  await expect(field(tomorrow)).toHaveValue('');
});

test('what was typed a moment before the tab closed, or right before it was sent, is what counts', async ({ browserOf, inbox, emulator }) => {
  const ana = await inbox.addUser('Ana Alves');
  const page = await browserOf(ana);
  const { phone, customer } = await conversation(page, emulator);
  const address = page.url();
  const second = await page.context().newPage();
  await alive(second, () => second.goto(address));
  await field(second).fill('fechado no meio');
  await second.close({ runBeforeUnload: true });
  await expect(field(page)).toHaveValue('fechado no meio');

  await draft(page, 'quase');
  await say(page, 'quase pronto');
  await customer.expectTexts(phone, ['Oi', 'quase pronto']);
  await expect(chat(page, 'Carla Dias')).not.toContainText('Rascunho:');
  await alive(page, () => page.reload());
  await expect(field(page)).toHaveValue('');
});

test('another tab shows the newest, and the one that is being typed in is left alone', async ({ browserOf, inbox, emulator }) => {
  const page = await browserOf(await inbox.addUser('Ana Alves'));
  const { phone, customer } = await conversation(page, emulator);
  const second = await page.context().newPage();
  await alive(second, () => second.goto(page.url()));
  await draft(page, 'na primeira');
  await expect(field(second)).toHaveValue('na primeira');
  await draft(second, 'na primeira, e na segunda');
  await expect(field(page)).toHaveValue('na primeira, e na segunda');

  // Both type at once: neither loses a character of its own while it is being typed in.
  const type = async (tab: Page, words: string) => {
    await field(tab).pressSequentially(words, { delay: 60 });
    expect(await field(tab).inputValue()).toBe(`na primeira, e na segunda${words}`);
  };
  await Promise.all([type(page, ' um dois três quatro cinco'), type(second, ' 1 2 3 4 5 6 7 8 9 10 11 12')]);
  // After both stop typing they agree on the newest.
  await expect.poll(async () => (await field(page).inputValue()) === (await field(second).inputValue())).toBe(true);
  await say(second, 'pronto');
  await customer.expectTexts(phone, ['Oi', 'pronto']);
  await expect(field(page)).toHaveValue('');
});

test('a logout leaves nothing for the next user of the tab, and the draft waits for its author', async ({ page, inbox, emulator }) => {
  const [ana, bruno] = [await inbox.addUser('Ana Alves'), await inbox.addUser('Bruno Braga', 'admin')];
  await login(page, ana);
  await conversation(page, emulator);
  const address = page.url();
  await page.route('**/api/send_text', (route) => route.abort());
  await say(page, 'não saiu');
  await expect(log(page)).toContainText('não saiu');
  // The draft is not saved yet when the button is pressed.
  await field(page).fill('segredo da Ana');
  await page.getByRole('button', { name: 'Sair' }).click();
  await expect(page).toHaveURL(/\/entrar$/);
  expect(await kept(page)).not.toMatch(/segredo|não saiu/);

  await login(page, bruno);
  await alive(page, () => page.goto(address));
  await expect(log(page)).toContainText('Oi');
  await expect(field(page)).toHaveValue('');
  await expect(page.getByText(/segredo|não saiu|Rascunho/)).toHaveCount(0);
  await page.getByRole('button', { name: 'Sair' }).click();
  await login(page, ana);
  await openChat(page, 'Carla Dias');
  await expect(field(page)).toHaveValue('segredo da Ana');
});

test('a login that ends while a chat is open leads back to it, with what was typed', async ({ browserOf, page, inbox, emulator }) => {
  const admin = await browserOf(await inbox.addUser('Bruno Braga', 'admin'));
  const ana = await inbox.addUser('Ana Alves');
  await login(page, ana);
  await conversation(page, emulator);
  const address = page.url();
  // The session ends before the server has saved any of it.
  await page.route('**/api/save_draft', (route) => route.abort());
  await field(page).fill('ainda não acabei');
  await admin.goto('/admin/atendentes');
  const person = admin.getByRole('list', { name: 'Usuários' }).getByRole('listitem').filter({ hasText: 'Ana Alves' });
  await person.locator('summary').click();
  await person.getByRole('button', { name: 'Encerrar sessões' }).click();
  await expect(page).toHaveURL(/\/entrar\?next=/);
  await page.unroute('**/api/save_draft');

  await fillLogin(page, ana);
  await alive(page, () => page.getByRole('button', { name: 'Entrar' }).click());
  await expect(page).toHaveURL(address);
  await expect(field(page)).toHaveValue('ainda não acabei');
});

test('a draft that cannot be saved is kept, and saved when the server is back', async ({ browserOf, inbox, emulator }) => {
  const ana = await inbox.addUser('Ana Alves');
  const page = await browserOf(ana);
  await conversation(page, emulator);
  // A page that cannot load its contents has no field to type in.
  await expect(log(page)).toContainText('Oi');
  await inbox.stop('SIGKILL');
  await field(page).fill('sem rede');
  await expect.poll(() => kept(page)).toContain('sem rede');
  await inbox.startAgain();
  await expect.poll(() => kept(page), { timeout: 30_000 }).not.toContain('sem rede');
  await expect(field(page)).toHaveValue('sem rede');
  const elsewhere = await browserOf(ana);
  await openChat(elsewhere, 'Carla Dias');
  await expect(field(elsewhere)).toHaveValue('sem rede');
});
