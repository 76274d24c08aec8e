import type { Locator, Page } from '@playwright/test';

import { bubble, chat, converse, expectBadge, log, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

const DAY = 86_400;

function dialog(page: Page): Locator {
  return page.getByRole('dialog', { name: 'Mensagens temporárias' });
}

/** The button in the header of the conversation. */
function opener(page: Page): Locator {
  return page.getByRole('link', { name: 'Mensagens temporárias' });
}

/** The line about the timer below the name of the contact. */
function about(page: Page): Locator {
  return page.locator('.conversation-head').getByText('Mensagens temporárias:');
}

async function choose(page: Page, choice: string): Promise<void> {
  await opener(page).click();
  await dialog(page).getByRole('radio', { name: choice }).check();
  await dialog(page).getByRole('button', { name: 'Salvar', exact: true }).click();
  await expect(dialog(page)).toHaveCount(0);
}

test('a timer is set on a phone and turned off on a wide screen, and what is written carries it', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await opener(page).click();
    await expect(dialog(page).getByRole('radio', { name: 'Desativadas' })).toBeChecked();
    await expect(dialog(page).getByRole('radio', { name: 'Desativadas' })).toBeFocused();
    await expect(dialog(page).getByRole('button', { name: 'Salvar', exact: true })).toBeInViewport({ ratio: 1 });
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toHaveCount(0);
    await expect(opener(page)).toBeFocused();
  }
  await choose(page, '24 horas');
  const notice = bubble(page, 'Mensagens temporárias: 24 h');
  await expect(notice).toContainText('Ana Alves');
  await expect(about(page)).toHaveText(/Mensagens temporárias: 24 h/);
  // The row in the list has a clock.
  await expect(page.locator('.row.timed')).toHaveCount(1);
  await say(page, 'Isto some');
  const isThere = (text: string) => (messages: { text: string | null }[]) => messages.some((one) => one.text === text);
  const there = await customer.until(phone, isThere('Isto some'));
  expect(there.at(-1)?.expiration).toBe(DAY);

  await page.setViewportSize({ width: 1440, height: 844 });
  await choose(page, 'Desativadas');
  await expect(bubble(page, 'Mensagens temporárias: desativadas')).toBeVisible();
  await expect(about(page)).toHaveCount(0);
  await expect(page.locator('.row.timed')).toHaveCount(0);
  await say(page, 'Isto fica');
  expect((await customer.until(phone, isThere('Isto fica'))).at(-1)?.expiration).toBeUndefined();
});

test('a timer that waits for the number to be connected says so', async ({ page, inbox, emulator }) => {
  const [phone] = await converse(page, inbox, emulator);
  const [device] = await phone.devices();
  await phone.unlink(device!.id);
  await expectBadge(page, 'Desconectado');
  await choose(page, '24 horas');
  const notice = bubble(page, 'Mensagens temporárias: 24 h');
  await expect(notice.getByRole('img', { name: 'Na fila' })).toBeVisible();
  await expect(about(page)).toHaveCount(0);
});

test('a message that is due leaves open pages, the list and the server, and the form works as a page', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator, 'Isto fica');
  const other = await page.context().newPage();
  await other.goto(page.url());
  const due = await customer.write(phone, { text: 'A senha é 1234', expiration: 3 });
  await customer.reply(phone, due, 'Anotou?');
  await expect(bubble(page, 'Anotou?')).toBeVisible();
  for (const tab of [page, other]) {
    // The quote in the answer goes as well.
    await expect(log(tab).getByText('A senha é 1234')).toHaveCount(0, { timeout: 20_000 });
    await expect(bubble(tab, 'Isto fica')).toBeVisible();
    await expect(bubble(tab, 'Anotou?')).toBeVisible();
  }
  await expect(chat(page, 'Carla Dias')).toContainText('Anotou?');
  await page.reload();
  await expect(bubble(page, 'Anotou?')).toBeVisible();
  await expect(page.getByText('A senha é 1234')).toHaveCount(0);

  await page.goto((await opener(page).getAttribute('href'))!);
  await page.getByRole('radio', { name: '7 dias' }).check();
  await page.getByRole('button', { name: 'Salvar', exact: true }).click();
  await expect(page).toHaveURL(/\/chat\/\d+$/);
  await expect(bubble(page, 'Mensagens temporárias: 7 dias')).toBeVisible();
});
