import type { Locator, Page } from '@playwright/test';

import { expectAccessibleAtAnyWidth } from '../support/axe.ts';
import { INBOX, alive, bubble, chat, converse, openChat, pressEnterOn, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

function opener(page: Page): Locator {
  return page.locator('.conversation-head').getByRole('link', { name: 'Mais ações' });
}

function menu(page: Page): Locator {
  return page.getByRole('dialog', { name: 'Mais ações' });
}

/** Chooses an item of the menu. */
async function choose(page: Page, name: string): Promise<void> {
  await opener(page).click();
  await menu(page).getByRole('menuitem', { name, exact: true }).click();
}

/** The row of the customer. */
function row(page: Page): Locator {
  return page.getByRole('list', { name: 'Conversas' }).getByRole('listitem').filter({ hasText: 'Carla Dias' });
}

function filter(page: Page, name: string): Locator {
  return page.getByRole('navigation', { name: 'Filtros' }).getByRole('link', { name });
}

test('what is chosen in the menu is in the list and on the phone, and what the phone does is here', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  await choose(page, 'Fixar');
  await expect(menu(page)).toHaveCount(0);
  await expect(row(page)).toHaveAttribute('data-marks', /pinned/);
  await phone.expectChat(customer, { pinned: true });
  // A chat that is not pinned is below it, however new.
  const other = await emulator.phone('Davi Reis');
  await other.send(phone, 'Bom dia');
  await expect(chat(page, 'Davi Reis')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Conversas' }).getByRole('listitem').first()).toContainText('Carla Dias');

  await choose(page, 'Silenciar…');
  const mute = page.getByRole('dialog', { name: 'Silenciar conversa' });
  await expect(mute.getByRole('radio', { name: '8 horas' })).toBeFocused();
  await mute.getByRole('radio', { name: 'Sempre' }).check();
  await mute.getByRole('button', { name: 'Silenciar' }).click();
  await expect(row(page)).toHaveAttribute('data-marks', /muted/);
  await expect(row(page).getByText('Silenciada')).toBeAttached();
  await phone.expectChat(customer, { muted_until: -1 });
  await phone.changeChat(customer, { mute: false });
  await expect(row(page)).not.toHaveAttribute('data-marks', /muted/);

  await choose(page, 'Arquivar');
  await expect(chat(page, 'Carla Dias')).toHaveCount(0);
  await expect(filter(page, 'Arquivadas')).toContainText('1');
  await phone.expectChat(customer, { archived: true, pinned: false });
  await customer.send(phone, 'Ainda aí?');
  await expect(bubble(page, 'Ainda aí?')).toBeVisible();
  await expect(chat(page, 'Carla Dias')).toHaveCount(0);
  await filter(page, 'Arquivadas').click();
  await expect(page).toHaveURL(/\?filtro=arquivadas$/);
  await expect(chat(page, 'Carla Dias')).toBeVisible();
  await expect(chat(page, 'Davi Reis')).toHaveCount(0);
  await page.reload();
  await expect(chat(page, 'Carla Dias')).toBeVisible();
  await phone.changeChat(customer, { archive: false });
  await expect(page.getByText('Nenhuma conversa arquivada.')).toBeVisible();
  await filter(page, 'Todas').click();
  await expect(chat(page, 'Carla Dias')).toBeVisible();
});

test('a mark as unread stays until the conversation is opened', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  await phone.expectChat(customer, { unread: 0 });
  await choose(page, 'Marcar como não lida');
  await expect(row(page).getByText('Marcada como não lida')).toBeAttached();
  await phone.expectChat(customer, { marked_unread: true });
  await alive(page, () => page.goto(INBOX));
  await expect(row(page)).toHaveAttribute('data-marks', /marked/);
  await openChat(page, 'Carla Dias');
  await expect(row(page)).not.toHaveAttribute('data-marks', /marked/);
  await phone.expectChat(customer, { marked_unread: false });
});

test('what is chosen while the number is away goes once it is back', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  await emulator.fault({ kind: 'refused', code: 503, count: 2 });
  await emulator.fault({ kind: 'drop', device: phone.number });
  await expect(page.getByRole('status').first()).toContainText('Conectando');
  await choose(page, 'Fixar');
  await choose(page, 'Desafixar');
  await choose(page, 'Fixar');
  await expect(row(page)).toHaveAttribute('data-marks', /pinned/);
  await phone.expectChat(customer, { pinned: true });
});

test('a favourite has a star here and on the phone', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator, 'Guarde isto');
  const message = bubble(page, 'Guarde isto');
  const act = async (name: string) => {
    await message.hover();
    await message.getByRole('button', { name: 'Mais ações' }).click();
    await page.getByRole('menuitem', { name, exact: true }).click();
  };
  await act('Favoritar');
  await expect(message.getByRole('img', { name: 'Favorita' })).toBeVisible();
  const [there] = await phone.until(customer, (messages) => messages.length === 1);
  await phone.expectChat(customer, { starred: [there!.id] });
  await phone.changeChat(customer, { star: { id: there!.id, on: false } });
  await expect(message.getByRole('img', { name: 'Favorita' })).toHaveCount(0);
});

test('a contact is blocked with a question, and freed from the place of the composer', async ({ page, inbox, emulator }) => {
  const [phone] = await converse(page, inbox, emulator);
  await choose(page, 'Bloquear…');
  const question = page.getByRole('dialog', { name: 'Bloquear este contato?' });
  await expect(question.getByRole('link', { name: 'Cancelar' })).toBeFocused();
  await question.getByRole('button', { name: 'Bloquear' }).click();
  await expect(page.getByText('Você bloqueou este contato')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Mensagem' })).toHaveCount(0);
  await phone.expectBlocked(1);
  await alive(page, () => page.getByRole('button', { name: 'Desbloquear' }).click());
  await expect(page.getByRole('textbox', { name: 'Mensagem' })).toBeVisible();
  await phone.expectBlocked(0);
  await say(page, 'Oi de novo');
});

test('a conversation is cleared after a question, and what the phone clears can be shown again', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator, 'Isto fica');
  await phone.changeChat(customer, { clear: true });
  await expect(bubble(page, 'Isto fica')).toHaveCount(0);
  await choose(page, 'Mostrar o que foi apagado no celular');
  await expect(bubble(page, 'Isto fica')).toBeVisible();

  await choose(page, 'Limpar conversa…');
  await page.getByRole('dialog', { name: 'Limpar esta conversa?' }).getByRole('button', { name: 'Limpar conversa' }).click();
  await expect(bubble(page, 'Isto fica')).toHaveCount(0);
  await opener(page).click();
  await expect(menu(page).getByRole('menuitem', { name: 'Arquivar' })).toBeVisible();
  await expect(menu(page).getByRole('menuitem', { name: 'Mostrar o que foi apagado no celular' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await choose(page, 'Apagar conversa…');
  await page.getByRole('dialog', { name: 'Apagar esta conversa?' }).getByRole('button', { name: 'Apagar conversa' }).click();
  await expect(page).toHaveURL(new RegExp(`${INBOX}$`));
  await expect(chat(page, 'Carla Dias')).toHaveCount(0);
});

test('the menu works by keys, on a phone, and says what WhatsApp allows', async ({ page, inbox, emulator }) => {
  const [phone] = await converse(page, inbox, emulator);
  for (const name of ['Um', 'Dois', 'Três']) {
    await (await emulator.phone(name)).send(phone, `De ${name}`);
    await openChat(page, name);
    await choose(page, 'Fixar');
    await expect(chat(page, name).locator('xpath=..')).toHaveAttribute('data-marks', /pinned/);
  }
  await openChat(page, 'Carla Dias');
  await pressEnterOn(opener(page));
  await expect(menu(page).getByRole('menuitem', { name: 'Arquivar' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(menu(page).getByRole('menuitem', { name: 'Fixar' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(menu(page).getByRole('alert')).toContainText('no máximo 3 fixadas');
  await expectAccessibleAtAnyWidth(page, 'the menu of a conversation');
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(menu(page).getByRole('menuitem', { name: 'Apagar conversa…' })).toBeInViewport({ ratio: 1 });
  await page.keyboard.press('Escape');
  await expect(menu(page)).toHaveCount(0);
  await expect(opener(page)).toBeFocused();
  await choose(page, 'Silenciar…');
  await expectAccessibleAtAnyWidth(page, 'the question of a conversation');
  await expect(page.getByRole('button', { name: 'Silenciar' })).toBeInViewport({ ratio: 1 });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the pages of the menu do the same', async ({ browser, page, inbox, emulator }) => {
    const scripted = await browser.newContext({ javaScriptEnabled: true });
    const first = await scripted.newPage();
    const [phone, customer] = await converse(first, inbox, emulator);
    await page.context().addCookies(await scripted.cookies());
    await page.goto(first.url());
    await scripted.close();
    await pressEnterOn(opener(page));
    await pressEnterOn(page.getByRole('button', { name: 'Arquivar' }));
    await phone.expectChat(customer, { archived: true });
    await page.goto(INBOX);
    await pressEnterOn(filter(page, 'Arquivadas'));
    await expect(chat(page, 'Carla Dias')).toBeVisible();
    await pressEnterOn(chat(page, 'Carla Dias'));
    await pressEnterOn(opener(page));
    await pressEnterOn(page.getByRole('button', { name: 'Silenciar…' }));
    await pressEnterOn(page.getByRole('button', { name: 'Silenciar', exact: true }));
    await phone.expectChat(customer, { archived: true });
    await expect(page.getByRole('textbox', { name: 'Mensagem' })).toBeVisible();
  });
});
