import { fillLogin, login } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

const TITLE = 'O que outros fizeram na sua conta';

test('a person is told who made a link for their password, until they have read it and in the profile for good', async ({ browserOf, page, inbox }) => {
  const admin = await browserOf(await inbox.addUser('Ana Alves', 'admin'));
  const bruno = await inbox.addUser('Bruno Braga');
  await admin.goto('/admin/atendentes');
  const person = admin.getByRole('list', { name: 'Usuários' }).getByRole('listitem').filter({ hasText: 'Bruno Braga' });
  await person.locator('summary').click();
  await person.getByRole('button', { name: 'Link de nova senha' }).click();
  await page.goto(await admin.getByLabel('Link', { exact: true }).inputValue());
  const password = 'tambor lua girafa 9';
  await page.getByLabel('Senha', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Salvar e entrar' }).click();

  const notice = page.getByRole('complementary', { name: TITLE });
  await expect(notice).toContainText('Ana Alves fez um link para trocar a sua senha');
  await page.context().clearCookies();
  // The page's stream has ended by then, and the page goes to the login by itself.
  await page.goto('about:blank');
  await login(page, { ...bruno, password });
  await expect(notice, 'also after the next login').toBeVisible();
  await notice.getByRole('link', { name: 'Ver no perfil' }).click();
  await expect(notice).toBeVisible();
  await notice.getByRole('button', { name: 'Entendi' }).click();
  await expect(notice).toHaveCount(0);
  const profile = page.getByRole('region', { name: TITLE });
  await expect(profile).toContainText('Ana Alves fez um link para trocar a sua senha');
  await expect(profile).toContainText('Com ele, a senha foi trocada em');
  await admin.goto('/perfil');
  await expect(admin.getByRole('region', { name: TITLE })).toHaveCount(0);
});

test('whoever was here before comes in while a stranger guesses, who is told how long to wait', async ({ browserOf, page, inbox }) => {
  const bruno = await inbox.addUser('Bruno Braga');
  const desk = await browserOf(bruno);
  const loggedIn = await desk.context().cookies();
  await desk.context().clearCookies();
  await desk.context().addCookies(loggedIn.filter((cookie) => cookie.name !== 'inbox_session'));
  await page.goto('/entrar');
  for (let nth = 0; nth < 9; nth++) {
    await fillLogin(page, bruno, `não é essa ${nth}`);
    await page.getByRole('button', { name: 'Entrar' }).click();
    await expect(page.getByRole('alert')).toContainText(nth < 8 ? 'E-mail ou senha não conferem' : 'Muitas tentativas seguidas');
  }
  await login(desk, bruno);
});
