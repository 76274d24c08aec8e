import { INBOX, alive, fillLogin, login } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('the first visitor creates the administrator, and that page is gone afterwards', async ({ page }) => {
  await page.goto('/');
  await expect(page).toHaveURL(/\/configurar$/);

  await page.getByLabel('Nome').fill('Ana Alves');
  await page.getByLabel('E-mail').fill('ana@exemplo.com.br');
  await page.getByLabel('Senha', { exact: true }).fill('tambor lua girafa 9');
  await alive(page, () => page.getByRole('button', { name: 'Criar administrador' }).click());
  await expect(page).toHaveURL(new RegExp(`${INBOX}$`));

  await page.goto('/configurar');
  await expect(page).not.toHaveURL(/configurar/);
  await expect(page.getByRole('button', { name: 'Criar administrador' })).toHaveCount(0);
});

test('a short first password is refused with what is missing', async ({ page, inbox }) => {
  await page.goto('/configurar');
  await page.getByLabel('Senha', { exact: true }).fill('curta');
  await expect(page.getByText('Faltam 5 caracteres.')).toBeVisible();
  const answer = await page.request.post('/api/create_first_admin', {
    form: { name: 'Ana', email: 'ana@exemplo.com.br', password: 'curta' },
    headers: { origin: inbox.url, accept: 'application/json' },
  });
  expect(answer.status()).toBe(422);
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
  const forNow = await context.cookies();
  expect(forNow.map((cookie) => cookie.expires)).toEqual(forNow.map(() => -1));

  await context.clearCookies();
  await page.goto('/entrar');
  await page.getByRole('checkbox', { name: 'Lembrar neste dispositivo' }).check();
  await fillLogin(page, ana);
  await alive(page, () => page.getByRole('button', { name: 'Entrar' }).click());
  const inAWeek = Date.now() / 1000 + 7 * 24 * 3600;
  const kept = (await context.cookies()).filter((cookie) => cookie.expires > inAWeek);
  expect(kept.map((cookie) => [cookie.httpOnly, cookie.sameSite])).toEqual([[true, 'Lax']]);
});
