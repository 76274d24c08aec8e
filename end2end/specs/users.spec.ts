import type { Page } from '@playwright/test';

import { INBOX, alive, login } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

/** Opens the actions on a user. */
async function open(page: Page, name: string) {
  const person = page.getByRole('list', { name: 'Usuários' }).getByRole('listitem').filter({ hasText: name });
  await person.locator('summary').click();
  return person;
}

test('the administrator invites somebody, who chooses a password and is in; the link works once', async ({ browserOf, page, inbox }) => {
  const admin = await browserOf(await inbox.addUser('Ana Alves', 'admin'));
  await admin.goto('/admin/atendentes');
  await admin.getByLabel('Nome').fill('Bruno Braga');
  await admin.getByLabel('E-mail').fill('bruno@exemplo.com.br');
  await admin.getByRole('button', { name: 'Criar convite' }).click();
  const link = await admin.getByLabel('Link', { exact: true }).inputValue();
  await admin.context().grantPermissions(['clipboard-read']);
  await admin.getByRole('button', { name: 'Copiar' }).click();
  await expect(admin.getByRole('button', { name: 'Copiado' })).toBeVisible();
  expect(await admin.evaluate(() => navigator.clipboard.readText())).toBe(link);
  expect(link).toMatch(new RegExp(`^${inbox.url}/convite/`));
  await expect(admin.getByRole('list', { name: 'Usuários' })).toContainText('Convidado');
  await admin.reload();
  await expect(admin.getByLabel('Link', { exact: true })).toHaveCount(0);

  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'Olá, Bruno Braga' })).toBeVisible();
  await page.getByLabel('Senha', { exact: true }).fill('curta');
  await expect(page.getByText('Faltam')).toBeVisible();
  const password = 'tambor lua girafa 9';
  await page.getByLabel('Senha', { exact: true }).fill(password);
  await alive(page, () => page.getByRole('button', { name: 'Entrar' }).click());
  await expect(page).toHaveURL(new RegExp(`${INBOX}$`));
  const answer = await page.goto('/admin/atendentes');
  expect(answer?.status(), 'the page is for administrators').toBe(403);

  for (const over of [link, `${inbox.url}/convite/nada`]) {
    expect((await page.goto(over))?.status()).toBe(404);
    await expect(page.getByRole('heading', { name: 'Este link não vale mais' })).toBeVisible();
  }
  await page.context().clearCookies();
  await login(page, { name: 'Bruno Braga', email: 'bruno@exemplo.com.br', password });
  await admin.reload();
  await expect(admin.getByRole('list', { name: 'Usuários' })).not.toContainText('Convidado');
});

test('deactivation logs out what is open at once, and reactivation lets in again', async ({ browserOf, inbox }) => {
  const admin = await browserOf(await inbox.addUser('Ana Alves', 'admin'));
  const bruno = await inbox.addUser('Bruno Braga');
  const agent = await browserOf(bruno);
  await admin.goto('/admin/atendentes');
  await (await open(admin, 'Bruno Braga')).getByRole('button', { name: 'Desativar' }).click();
  await expect(admin.getByRole('list', { name: 'Usuários' })).toContainText('Desativado');
  await expect(agent).toHaveURL(/\/entrar/);

  await (await open(admin, 'Bruno Braga')).getByRole('button', { name: 'Reativar' }).click();
  await expect(admin.getByRole('list', { name: 'Usuários' })).not.toContainText('Desativado');
  await login(agent, bruno);
  await (await open(admin, 'Bruno Braga')).getByRole('button', { name: 'Encerrar sessões' }).click();
  await expect(agent).toHaveURL(/\/entrar/);
});

test('the last administrator stays one, and says so', async ({ browserOf, inbox }) => {
  const admin = await browserOf(await inbox.addUser('Ana Alves', 'admin'));
  await inbox.addUser('Bruno Braga');
  await admin.goto('/admin/atendentes');
  const demote = async () => {
    const ana = await open(admin, 'Ana Alves');
    await ana.getByLabel('Papel de Ana Alves').selectOption({ label: 'Atendente' });
    await ana.getByRole('button', { name: 'Mudar papel' }).click();
  };
  await demote();
  await expect(admin.getByRole('alert')).toContainText('É o único administrador');
  await (await open(admin, 'Ana Alves')).getByRole('button', { name: 'Desativar' }).click();
  await expect(admin.getByRole('alert')).toContainText('É o único administrador');

  const bruno = await open(admin, 'Bruno Braga');
  await bruno.getByLabel('Papel de Bruno Braga').selectOption({ label: 'Administrador' });
  await bruno.getByRole('button', { name: 'Mudar papel' }).click();
  await expect(admin.getByRole('alert')).toHaveCount(0);
  await demote();
  await expect(admin.getByText('Você não tem permissão para isso.')).toBeVisible();
});
