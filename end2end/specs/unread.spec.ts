import type { Page } from '@playwright/test';

import type { Emulator, Phone } from '../support/emulator.ts';
import { INBOX, alive, chat, connect, login, openChat } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

const choice = (page: Page, name: string) => page.getByRole('navigation', { name: 'Números' }).getByRole('link', { name });

/** The given number of customers write one message each. */
async function write(emulator: Emulator, to: Phone, count: number): Promise<void> {
  for (let number = 1; number <= count; number += 1) {
    const customer = await emulator.phone(`Cliente ${number} de ${to.name}`);
    await customer.send(to, 'Oi');
  }
}

test('title and switcher count every unread message, loaded or not', async ({ page, inbox, emulator }) => {
  const [first, second] = [await emulator.phone('Vendas'), await emulator.phone('Suporte')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, first);
  await write(emulator, first, 60);
  await expect(page, 'as they come').toHaveTitle(/^\(60\) /);
  await alive(page, () => page.reload());
  await expect(page, 'anew').toHaveTitle(/^\(60\) /);
  await expect(page.getByRole('list', { name: 'Conversas' }).getByRole('listitem')).toHaveCount(50);

  await expect(page.locator('link[rel=icon]')).toHaveAttribute('href', /unread/);

  await page.goto('/numeros/novo');
  await page.getByLabel('Nome').fill('Suporte');
  await alive(page, () => page.getByRole('button', { name: 'Adicionar', exact: true }).click());
  await connect(page, second);
  await write(emulator, second, 5);
  await expect(page).toHaveTitle(/^\(65\) /);
  await expect(choice(page, 'Suporte')).toHaveText(/5$/);
  await choice(page, 'Suporte').click();
  await expect(page.getByRole('list', { name: 'Conversas' }).getByRole('listitem')).toHaveCount(5);
  await expect(page, 'whatever is listed').toHaveTitle(/^\(65\) /);
  await expect(choice(page, 'Todos')).toHaveText(/65$/);
  await expect(choice(page, 'WhatsApp')).toHaveText(/60$/);

  await openChat(page, 'Cliente 3 de Suporte');
  await expect(page, 'reading one takes one away').toHaveTitle(/^\(64\) /);
  await expect(choice(page, 'Suporte')).toHaveText(/4$/);
  await page.goto(INBOX);
  await expect(page).toHaveTitle(/^\(64\) /);
  await expect(chat(page, 'Cliente 3 de Suporte')).not.toContainText('não lida');
});
