import type { Page } from '@playwright/test';

import { command } from '../support/inbox.ts';
import { INBOX, fillLogin, login } from '../support/page.ts';
import { expect, test } from '../support/test.ts';
import { codeOf } from '../support/totp.ts';

/** Reads the secret from the page, as a user without a camera does. */
async function secretOf(page: Page): Promise<string> {
  return page.locator('.enrol code').innerText();
}

async function typeCode(page: Page, code: string, button: string): Promise<void> {
  await page.getByRole('textbox', { name: /Código de 6 dígitos/ }).fill(code);
  await page.getByRole('button', { name: button }).click();
}

/** Enters e-mail and password and arrives where the code is requested. */
async function password(page: Page, user: { name: string; email: string; password: string }): Promise<void> {
  await page.goto('/entrar');
  await fillLogin(page, user);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await expect(page).toHaveURL(/\/entrar\/codigo$/);
}

/** Logs the browser out. Its page is left first, since it would go to the login by itself. */
async function forgetLogin(page: Page): Promise<void> {
  await page.goto('about:blank');
  await page.context().clearCookies();
}

test('a second factor is turned on, asked for at login, replaced by a recovery code, and turned off', async ({ browserOf, page, inbox }) => {
  const ana = await inbox.addUser('Ana Alves');
  const elsewhere = await browserOf(ana);
  await login(page, ana);
  await page.goto('/perfil');
  await page.getByRole('link', { name: 'Ligar' }).click();
  await page.getByRole('button', { name: 'Ligar' }).click();
  await expect(page.getByRole('img', { name: 'QR para o aplicativo de códigos' })).toBeVisible();
  const secret = await secretOf(page);
  await page.getByLabel('Senha atual').fill('não é esta senha');
  await typeCode(page, codeOf(secret), 'Confirmar e ligar');
  await expect(page.getByRole('alert')).toContainText('A senha atual não confere.');
  await page.getByLabel('Senha atual').fill(ana.password);
  await typeCode(page, '000000', 'Confirmar e ligar');
  await expect(page.getByRole('alert')).toContainText('O código não confere');
  await page.reload();
  expect(await secretOf(page), 'what was scanned stays good').toBe(secret);
  await page.getByLabel('Senha atual').fill(ana.password);
  await typeCode(page, codeOf(secret), 'Confirmar e ligar');
  const shown = page.getByRole('list', { name: 'Códigos de recuperação' }).getByRole('listitem');
  await expect(shown).toHaveCount(10);
  await expect(elsewhere, 'every other browser is logged out').toHaveURL(/\/entrar/);
  const codes = await shown.allInnerTexts();
  await page.reload();
  await expect(shown).toHaveCount(0);

  await forgetLogin(page);
  await password(page, ana);
  expect((await page.request.get('/perfil', { maxRedirects: 0 })).status(), 'half a login opens nothing').toBe(303);
  // The code that turned the second factor on is used up; the next step's is valid already.
  await typeCode(page, '000000', 'Entrar');
  await expect(page.getByRole('alert')).toContainText('O código não confere');
  await typeCode(page, codeOf(secret, 1), 'Entrar');
  await expect(page).toHaveURL(new RegExp(`${INBOX}$`));

  await forgetLogin(page);
  await password(page, ana);
  await typeCode(page, codes[0]!.toUpperCase(), 'Entrar');
  await expect(page).toHaveURL(new RegExp(`${INBOX}$`));
  await forgetLogin(page);
  await password(page, ana);
  await typeCode(page, codes[0]!, 'Entrar');
  await expect(page.getByRole('alert')).toContainText('O código não confere');
  await typeCode(page, codes[1]!, 'Entrar');
  await expect(page).toHaveURL(new RegExp(`${INBOX}$`));

  await page.goto('/perfil/duas-etapas');
  await expect(page.getByText('Códigos de recuperação sem uso: 8.')).toBeVisible();
  await page.getByLabel('Senha atual').fill('não é esta senha');
  await typeCode(page, codes[2]!, 'Desligar duas etapas');
  await expect(page.getByRole('alert')).toContainText('A senha atual não confere.');
  await page.getByLabel('Senha atual').fill(ana.password);
  await typeCode(page, '000000', 'Desligar duas etapas');
  await expect(page.getByRole('alert')).toContainText('O código não confere');
  await typeCode(page, codes[2]!, 'Desligar duas etapas');
  await expect(page).toHaveURL(/\/perfil$/);
  await forgetLogin(page);
  await login(page, ana);
});

test('an administrator requires it of a role, whose people turn it on before they are in; a lost phone is reset', async ({ browserOf, page, inbox }) => {
  const admin = await browserOf(await inbox.addUser('Ana Alves', 'admin'));
  const bruno = await inbox.addUser('Bruno Braga');
  await admin.goto('/admin/atendentes');
  await admin.getByRole('button', { name: 'Exigir: Atendente' }).click();
  await expect(admin.getByRole('button', { name: 'Deixar opcional: Atendente' })).toBeVisible();

  await page.goto('/perfil');
  await fillLogin(page, bruno);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await expect(page.getByRole('heading', { name: 'Ligue as duas etapas' })).toBeVisible();
  const secret = await secretOf(page);
  await page.goto(INBOX);
  await expect(page, 'there is no way around').toHaveURL(/\/entrar\?next=/);
  await page.goto('/entrar/codigo');
  await typeCode(page, codeOf(secret), 'Entrar');
  await page.getByRole('link', { name: 'Já guardei' }).click();
  await expect(page, 'where they were going').toHaveURL(/\/perfil$/);

  for (const reset of ['admin', 'console']) {
    if (reset === 'admin') {
      await admin.reload();
      const person = admin.getByRole('list', { name: 'Usuários' }).getByRole('listitem').filter({ hasText: 'Bruno Braga' });
      await expect(person).toContainText('duas etapas');
      await person.locator('summary').click();
      await person.getByRole('button', { name: 'Desligar duas etapas' }).click();
      await expect(person).not.toContainText('duas etapas');
    } else {
      const done = await command(['--data-dir', inbox.dataDir, 'user', 'reset-totp', '--email', bruno.email]);
      expect(done.code, done.output).toBe(0);
    }
    await forgetLogin(page);
    await password(page, bruno);
    await expect(page.getByRole('heading', { name: 'Ligue as duas etapas' })).toBeVisible();
    await typeCode(page, codeOf(await secretOf(page)), 'Entrar');
    await page.getByRole('link', { name: 'Já guardei' }).click();
    await expect(page).toHaveURL(new RegExp(`${INBOX}$`));
  }
});

test('what is required of those who are logged in is asked of them at once, and they go on where they were', async ({ browserOf, inbox }) => {
  const admin = await browserOf(await inbox.addUser('Ana Alves', 'admin'));
  const bruno = await inbox.addUser('Bruno Braga');
  const page = await browserOf(bruno);
  await admin.goto('/admin/atendentes');
  await admin.getByRole('button', { name: 'Exigir: Atendente' }).click();
  await expect(page, 'what is open ends at once').toHaveURL(/\/entrar\/codigo/);
  await page.goto('/perfil');
  await expect(page.getByRole('heading', { name: 'Ligue as duas etapas' })).toBeVisible();
  const secret = await secretOf(page);
  await page.getByLabel('Senha atual').fill('não é esta senha');
  await typeCode(page, codeOf(secret), 'Entrar');
  await expect(page.getByRole('alert')).toContainText('A senha atual não confere.');
  await page.getByLabel('Senha atual').fill(bruno.password);
  await typeCode(page, codeOf(secret), 'Entrar');
  await page.getByRole('link', { name: 'Já guardei' }).click();
  await expect(page, 'where they were going').toHaveURL(/\/perfil$/);
});

test('a person changes name and password, sees their logins and ends them', async ({ browserOf, inbox }) => {
  const ana = await inbox.addUser('Ana Alves');
  const [here, there] = [await browserOf(ana), await browserOf(ana)];
  await here.goto('/perfil');
  await here.getByRole('textbox', { name: 'Nome' }).fill('Ana Maria Alves');
  await here.getByRole('button', { name: 'Salvar nome' }).click();
  await expect(here.getByText('Nome salvo.')).toBeVisible();
  const logins = here.getByRole('list', { name: 'Onde você entrou' }).getByRole('listitem');
  await expect(logins).toHaveCount(2);
  await expect(logins.filter({ hasText: 'Este navegador' })).toHaveCount(1);
  await logins.getByRole('button', { name: /^Encerrar Chrome/ }).click();
  await expect(logins).toHaveCount(1);
  await expect(there, 'what is open ends at once').toHaveURL(/\/entrar/);

  await login(there, ana);
  await here.getByLabel('Senha atual').fill('não é esta senha');
  await here.getByLabel('Nova senha').fill('girafa lua tambor 7');
  await here.getByRole('button', { name: 'Trocar senha' }).click();
  await expect(here.getByRole('alert')).toContainText('A senha atual não confere.');
  await here.getByLabel('Senha atual').fill(ana.password);
  await here.getByRole('button', { name: 'Trocar senha' }).click();
  await expect(here.getByText('Senha trocada.')).toBeVisible();
  await expect(there).toHaveURL(/\/entrar/);
  await login(there, { ...ana, password: 'girafa lua tambor 7' });
});

test('colours and language are the person’s, in every browser', async ({ page, browserOf, inbox }) => {
  const ana = await inbox.addUser('Ana Alves');
  await login(page, ana);
  await page.goto('/perfil');
  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByLabel('Cores').selectOption('Escuras');
  await page.getByRole('button', { name: 'Usar cores' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.locator('html')).toHaveCSS('color-scheme', 'dark');
  await page.getByLabel('Idioma').selectOption('English');
  await page.getByRole('button', { name: 'Usar idioma' }).click();
  await expect(page.getByRole('heading', { name: 'Profile' })).toBeVisible();

  const elsewhere = await browserOf(ana);
  await expect(elsewhere.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(elsewhere.locator('html')).toHaveAttribute('lang', 'en');
});

test('who guesses has to wait, even with the right password, and is told for how long', async ({ page, inbox }) => {
  const ana = await inbox.addUser('Ana Alves');
  const attempt = (password: string) => page.request.post('/api/login', { form: { email: ana.email, password }, headers: { Origin: inbox.url } });
  for (let tries = 0; tries < 8; tries++) expect((await attempt('não é esta senha')).status()).toBe(401);
  expect((await attempt(ana.password)).status(), 'the right one has to wait as well').toBe(429);
  await page.goto('/entrar');
  await fillLogin(page, ana);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await expect(page.getByRole('alert')).toContainText(/Tente de novo em \d+ s/);
});
