import type { Locator, Page } from '@playwright/test';

import type { Phone } from '../support/emulator.ts';
import { INBOX, alive, chat, connect, converse, expectBadge, expectConversation, expectTicks, fillLogin, log, login, pressEnterOn, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

function dialog(page: Page): Locator {
  return page.getByRole('dialog', { name: 'Nova conversa' });
}

/** Opens the dialog and returns it. */
async function open(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: 'Nova conversa' }).click();
  await expect(dialog(page)).toBeVisible();
  await expect(dialog(page).getByLabel('Telefone')).toBeFocused();
  return dialog(page);
}

/** Asks for a phone in the open dialog. */
async function ask(page: Page, typed: string): Promise<void> {
  await dialog(page).getByLabel('Telefone').fill(typed);
  await dialog(page).getByRole('button', { name: 'Conversar' }).click();
}

/** Checks that an empty conversation is open, with the cursor in its composer. */
async function expectStarted(page: Page): Promise<void> {
  await expect(dialog(page)).toHaveCount(0);
  await expect(page).toHaveURL(/\/chat\/\d+/);
  await expect(page.getByText('Nenhuma mensagem nesta conversa ainda.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Mensagem' })).toBeFocused();
}

function grouped(phone: Phone): string {
  return phone.number.split('').join(' ');
}

for (const width of [1440, 390]) {
  test(`a conversation starts with a number, and its answer lands in it, at a width of ${width}`, async ({ page, inbox, emulator }) => {
    const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
    await login(page, await inbox.addUser('Ana Alves'));
    await connect(page, phone);
    await page.setViewportSize({ width, height: 844 });
    await open(page);
    await ask(page, `+${grouped(customer)}`);
    await expectStarted(page);
    expect(await customer.messages(phone), 'nothing is sent by itself').toEqual([]);

    await say(page, 'Seu pedido chegou!');
    await customer.expectTexts(phone, ['Seu pedido chegou!']);
    await expectTicks(page, 'Entregue');
    await customer.send(phone, 'Oba, obrigada');
    await expectConversation(page, ['Seu pedido chegou!', 'Oba, obrigada']);
    // The person is known by name now, and there is one conversation.
    await expect(page.getByRole('heading', { name: 'Carla Dias' })).toBeVisible();
    if (width < 760) await page.getByRole('link', { name: 'Voltar para as conversas' }).click();
    await expect(page.getByRole('list', { name: 'Conversas' }).getByRole('link')).toHaveCount(1);
    await emulator.expectNothingUnanswered();
  });
}

test('a link to WhatsApp is a number, and the conversation is opened again, also in another tab', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const other = await page.context().newPage();
  await alive(other, () => other.goto(INBOX));
  await open(page);
  await ask(page, `https://wa.me/${customer.number}?text=Oi`);
  await expectStarted(page);
  const address = page.url();
  await expect(other.getByRole('list', { name: 'Conversas' }).getByRole('link')).toHaveCount(1);

  await customer.send(phone, 'Fui eu que escrevi primeiro');
  await expect(chat(other, 'Carla Dias')).toContainText('Fui eu');
  await open(other);
  await ask(other, `https://api.whatsapp.com/send?phone=%2B${customer.number}`);
  await expect(other).toHaveURL(address);
  await expectConversation(other, ['Fui eu que escrevi primeiro']);
});

test('the reason why no conversation starts is said, and what was typed stays', async ({ page, inbox, emulator }) => {
  const phone = await emulator.phone('Loja Pirata');
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const shown = await open(page);
  for (const [typed, words] of [
    ['123', 'faltam dígitos'],
    ['a loja da esquina', 'Confira o número'],
    ['+55 61 98888-7777', 'não está no WhatsApp'],
  ] as const) {
    await ask(page, typed);
    await expect(shown.getByRole('alert')).toContainText(words);
    await expect(shown.getByLabel('Telefone')).toHaveValue(typed);
    await expect(shown.getByLabel('Telefone')).toBeFocused();
  }
  // It could be of Brazil or of Spain.
  await ask(page, '34 91234 5678');
  await expect(shown.getByRole('alert')).toContainText('Pode ser um destes dois números');
  await shown.getByRole('radio', { name: 'Espanha' }).check();
  await shown.getByRole('button', { name: 'Conversar' }).click();
  await expect(shown.getByRole('alert')).toContainText('não está no WhatsApp');

  await shown.getByRole('link', { name: 'Cancelar' }).click();
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Nova conversa' })).toBeFocused();
});

test('without a number, or with one that is not connected, the remedy is said', async ({ page, inbox, emulator }) => {
  await login(page, await inbox.addUser('Ana Alves'));
  await page.getByRole('button', { name: 'Nova conversa' }).click();
  await expect(dialog(page)).toContainText('Conecte o seu');
  await dialog(page).getByRole('link', { name: 'Cancelar' }).click();
  await expect(dialog(page)).toHaveCount(0);

  await connect(page, await emulator.phone('Loja Pirata'));
  await emulator.fault({ kind: 'replaced' });
  await expectBadge(page, 'Desconectado');
  const shown = await open(page);
  await ask(page, '+55 61 99812-4471');
  await expect(shown.getByRole('alert')).toContainText('não está conectado');
  await alive(page, () => shown.getByRole('link', { name: 'Conectar' }).click());
  await expect(page.getByRole('button', { name: 'Conectar WhatsApp' })).toBeVisible();
});

test('without a network the page stays, and the button works once it is back', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  await page.evaluate(() => {
    document.documentElement.dataset['before'] = '';
  });
  await page.context().setOffline(true);
  // The script of the dialog is not there yet.
  const failed = page.waitForEvent('requestfailed', (request) => request.resourceType() === 'script');
  await page.getByRole('button', { name: 'Nova conversa' }).click();
  await failed;
  await page.getByRole('textbox', { name: 'Mensagem' }).fill('ainda escrevo');
  await page.context().setOffline(false);
  await open(page);
  await expect(page.locator('html[data-before]')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('textbox', { name: 'Mensagem' })).toHaveValue('ainda escrevo');
});

test('"back" closes the dialog with the conversation below it', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  await open(page);
  await page.goBack();
  await expect(dialog(page)).toHaveCount(0);
  await expect(page).toHaveURL(new RegExp(`${INBOX}$`));
  await expect(page.getByText('Escolha uma conversa')).toBeVisible();
  await open(page);
});

test('of two numbers the listed one is chosen, and any can be', async ({ page, inbox, emulator }) => {
  const [sales, support, customer] = [await emulator.phone('Vendas'), await emulator.phone('Suporte'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, sales);
  await page.getByRole('link', { name: 'Adicionar número' }).click();
  await page.getByLabel('Nome').fill('Suporte');
  await alive(page, () => page.getByRole('button', { name: 'Adicionar', exact: true }).click());
  await connect(page, support);

  let shown = await open(page);
  await expect(shown.getByLabel('Escrever pelo número').locator('option:checked')).toHaveText('Suporte');
  await ask(page, `+${customer.number}`);
  await expectStarted(page);
  await say(page, 'Aqui é do suporte');
  await customer.expectTexts(support, ['Aqui é do suporte']);

  shown = await open(page);
  await shown.getByLabel('Escrever pelo número').selectOption({ label: 'WhatsApp' });
  // The choice stays when the number was mistyped.
  await ask(page, '123');
  await expect(shown.getByRole('alert')).toContainText('faltam dígitos');
  await expect(shown.getByLabel('Escrever pelo número').locator('option:checked')).toHaveText('WhatsApp');
  await ask(page, `+${customer.number}`);
  await expectStarted(page);
  await say(page, 'E aqui é das vendas');
  await customer.expectTexts(sales, ['E aqui é das vendas']);

  const numbers = page.getByRole('navigation', { name: 'Números' });
  for (const name of ['WhatsApp', 'Suporte']) {
    await numbers.getByRole('link', { name }).click();
    shown = await open(page);
    await expect(shown.getByLabel('Escrever pelo número').locator('option:checked')).toHaveText(name);
    await page.keyboard.press('Escape');
    await expect(dialog(page)).toHaveCount(0);
  }
});

test('a conversation starts without a mouse', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const opener = page.getByRole('button', { name: 'Nova conversa' });
  await opener.press('Enter');
  await expect(dialog(page).getByLabel('Telefone')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  await expect(opener).toBeFocused();
  await page.keyboard.press('Space');
  await expect(dialog(page).getByLabel('Telefone')).toBeFocused();
  await page.keyboard.type(`+${customer.number}`);
  await page.keyboard.press('Enter');
  await expectStarted(page);
  await page.keyboard.type('Bom dia!');
  await page.keyboard.press('Enter');
  await customer.expectTexts(phone, ['Bom dia!']);
  await expect(log(page)).toContainText('Bom dia!');
});

test('a first message that WhatsApp refuses says what to do', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  await open(page);
  await ask(page, `+${customer.number}`);
  await expectStarted(page);
  await emulator.fault({ kind: 'nack', code: 463 });
  await say(page, 'Bom dia!');
  await expect(log(page)).toContainText('O WhatsApp não deixa este número escrever para este contato agora. Tente mais tarde');
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the button leads to a page that starts a conversation', async ({ browser, page, inbox, emulator }) => {
    const ana = await inbox.addUser('Ana Alves');
    const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
    const scripted = await browser.newContext({ javaScriptEnabled: true });
    const other = await scripted.newPage();
    await login(other, ana);
    await connect(other, phone);
    await scripted.close();

    await page.goto('/entrar');
    await fillLogin(page, ana);
    await pressEnterOn(page.getByRole('button', { name: 'Entrar' }));
    await pressEnterOn(page.getByRole('button', { name: 'Nova conversa' }));
    await expect(page.getByRole('heading', { name: 'Nova conversa' })).toBeVisible();
    for (const [typed, words] of [['123', 'faltam dígitos'], ['a loja', 'por exemplo']] as const) {
      await page.getByLabel('Telefone').fill(typed);
      await pressEnterOn(page.getByRole('button', { name: 'Conversar' }));
      await expect(page.getByRole('alert')).toContainText(words);
      await expect(page.getByLabel('Telefone')).toHaveValue(typed);
      expect(new URL(page.url()).searchParams.getAll('__err')).toHaveLength(1);
    }
    await page.getByLabel('Telefone').fill(`+${customer.number}`);
    await pressEnterOn(page.getByRole('button', { name: 'Conversar' }));
    await expect(page).toHaveURL(/\/chat\/\d+$/);
    await expect(page.getByText('Nenhuma mensagem nesta conversa ainda.')).toBeVisible();
  });
});
