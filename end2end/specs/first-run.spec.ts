import type { Page } from '@playwright/test';

import { INBOX, alive, fillLogin, login, pressEnterOn } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

/** The code in the link for the first administrator. */
const codeOf = (link: string): string => new URL(link).searchParams.get('codigo')!;

/** Fills the form of the first administrator, except for the code. */
async function fillFirst(page: Page): Promise<void> {
  await page.getByLabel('Nome').fill('Ana Alves');
  await page.getByLabel('E-mail').fill('ana@exemplo.com.br');
  await page.getByLabel('Senha', { exact: true }).fill('tambor lua girafa 9');
}

test('whoever has the link of the terminal creates the administrator, and that page is gone afterwards', async ({ page, inbox }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/configurar$/);
  await expect(page.getByLabel('Código')).toHaveValue('');

  await page.goto(inbox.setupLink);
  await expect(page).toHaveURL(/\/configurar$/);
  await expect(page.getByLabel('Código')).toHaveValue(codeOf(inbox.setupLink));
  await fillFirst(page);
  await alive(page, () => page.getByRole('button', { name: 'Criar administrador' }).click());
  await expect(page).toHaveURL(new RegExp(`${INBOX}$`));
  expect((await page.context().cookies()).map((cookie) => cookie.name)).not.toContain('codigo');

  await page.goto('/configurar');
  await expect(page).not.toHaveURL(/configurar/);
  await expect(page.getByRole('button', { name: 'Criar administrador' })).toHaveCount(0);
});

test('a code is typed where the link was not opened, and a wrong one is said', async ({ page, inbox }) => {
  await page.goto('/configurar');
  await fillFirst(page);
  await page.getByLabel('Código').fill('0000-0000-0000-0000');
  await page.getByRole('button', { name: 'Criar administrador' }).click();
  await expect(page.getByRole('alert')).toContainText('O código não confere');
  await page.getByLabel('Código').fill(codeOf(inbox.setupLink).toLowerCase());
  await alive(page, () => page.getByRole('button', { name: 'Criar administrador' }).click());
  await expect(page).toHaveURL(new RegExp(`${INBOX}$`));
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the first administrator is created, and a refusal keeps the code in the form', async ({ page, inbox }) => {
    const code = codeOf(inbox.setupLink);
    await page.goto('/configurar');
    await fillFirst(page);
    await page.getByLabel('Código').fill(code);
    await page.getByLabel('Nome').fill('   ');
    await pressEnterOn(page.getByRole('button', { name: 'Criar administrador' }));
    await expect(page.getByRole('alert')).toContainText('Escreva o nome.');
    await expect(page.getByLabel('Código')).toHaveValue(code);
    await fillFirst(page);
    await pressEnterOn(page.getByRole('button', { name: 'Criar administrador' }));
    await expect(page).toHaveURL(new RegExp(`${INBOX}$`));
  });
});

test('a short first password is refused with what is missing', async ({ page, inbox }) => {
  await page.goto('/configurar');
  await page.getByLabel('Senha', { exact: true }).fill('curta');
  await expect(page.getByText('Faltam 5 caracteres.')).toBeVisible();
  const answer = await page.request.post('/api/create_first_admin', {
    form: { code: codeOf(inbox.setupLink), name: 'Ana', email: 'ana@exemplo.com.br', password: 'curta' },
    headers: { origin: inbox.url, accept: 'application/json' },
  });
  expect(answer.status()).toBe(422);
  expect(await answer.json()).toEqual({ invalid: { field: 'password', problem: 'too_short' } });
  await page.reload();
  await expect(page).toHaveURL(/\/configurar$/);
});

test('a wrong password is said, and the right one then works', async ({ page, inbox }) => {
  const ana = await inbox.addUser('Ana Alves', 'admin');
  await page.goto('/entrar');
  await fillLogin(page, ana, 'outra senha qualquer');
  await page.getByRole('button', { name: 'Entrar' }).click();
  await expect(page.getByRole('alert')).toContainText('E-mail ou senha não conferem');

  await fillLogin(page, ana);
  await alive(page, () => page.getByRole('button', { name: 'Entrar' }).click());
  await expect(page).toHaveURL(new RegExp(`${INBOX}$`));
});

test('logging out closes the door', async ({ page, inbox }) => {
  await login(page, await inbox.addUser('Ana Alves'));
  await page.getByRole('button', { name: 'Sair' }).click();
  await expect(page).toHaveURL(/\/entrar/);

  await page.goto(INBOX);
  await expect(page).toHaveURL(/\/entrar/);
  const answer = await page.request.post('/api/chats', { headers: { origin: inbox.url } });
  expect(answer.status()).toBe(401);
});

test('"Lembrar neste dispositivo" outlives the browser, and without it the login ends with it', async ({ page, context, inbox }) => {
  const ana = await inbox.addUser('Ana Alves');
  await login(page, ana);
  // The cookie by which the account recognises the browser is no login, and stays.
  const logins = async () => (await context.cookies()).filter((cookie) => cookie.name !== 'inbox_device');
  const forNow = await logins();
  expect(forNow.length).toBeGreaterThan(0);
  expect(forNow.map((cookie) => cookie.expires)).toEqual(forNow.map(() => -1));

  await context.clearCookies();
  await page.goto('/entrar');
  await page.getByRole('checkbox', { name: 'Lembrar neste dispositivo' }).check();
  await fillLogin(page, ana);
  await alive(page, () => page.getByRole('button', { name: 'Entrar' }).click());
  const inAWeek = Date.now() / 1000 + 7 * 24 * 3600;
  const kept = (await logins()).filter((cookie) => cookie.expires > inAWeek);
  expect(kept.map((cookie) => [cookie.httpOnly, cookie.sameSite])).toEqual([[true, 'Lax']]);
});
