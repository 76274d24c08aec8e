import type { Locator, Page } from '@playwright/test';

import { INBOX, alive, chat, connect, converse, expectBadge, expectConversation, fillLogin, login, openChat, pressEnterOn } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

/** The values that the page's script wrote into a field. */
interface Watched {
  writes: string[];
}

/** Records from now on the values that scripts write into a field. */
async function watch(field: Locator): Promise<void> {
  await field.evaluate((element) => {
    const area = element as HTMLTextAreaElement & Watched;
    const native = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(area), 'value')!;
    area.writes = [];
    Object.defineProperty(area, 'value', {
      configurable: true,
      get: () => native.get!.call(area),
      set: (value: string) => {
        area.writes.push(value);
        native.set!.call(area, value);
      },
    });
  });
}

async function writes(field: Locator): Promise<string[]> {
  return field.evaluate((element) => (element as HTMLTextAreaElement & Watched).writes);
}

/** Types an emoji with the events of Firefox: two input events, half a surrogate pair each. */
async function typeInHalves(field: Locator): Promise<void> {
  await watch(field);
  await field.evaluate(async (element) => {
    const area = element as HTMLTextAreaElement;
    const { get, set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(area), 'value')!;
    const frame = () => new Promise(requestAnimationFrame);
    for (const half of ['\ud83d', '\ude00']) {
      set!.call(area, get!.call(area) + half);
      area.dispatchEvent(new InputEvent('input', { bubbles: true, data: half, inputType: 'insertText' }));
      await frame();
      await frame();
    }
  });
}

/** All fields of the page that take a text. */
function textFields(page: Page): Locator {
  return page.locator('textarea, input:is([type=text], [type=password], [type=search], [type=tel], :not([type])):not([readonly])');
}

test('an emoji that comes in two halves is sent whole, and the field is not written to meanwhile', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const composer = page.getByRole('textbox', { name: 'Mensagem' });
  await composer.pressSequentially('respondi ');
  await typeInHalves(composer);
  expect(await writes(composer)).toEqual([]);
  await expect(composer).toHaveValue('respondi 😀');

  // The draft survives a reload, and is written once, into an empty field.
  await alive(page, () => page.reload());
  await expect(composer).toHaveValue('respondi 😀');
  await composer.press('Enter');
  await expect(composer).toHaveValue('');
  await expectConversation(page, ['Oi', 'respondi 😀']);
  await customer.expectTexts(phone, ['Oi', 'respondi 😀']);
});

test('no field of any page writes back what is typed', async ({ browserOf, page, inbox }) => {
  const admin = await browserOf(await inbox.addUser('Ana Alves', 'admin'));
  await alive(admin, () => admin.goto(INBOX));
  const check = async (where: Page, path: string) => {
    const fields = textFields(where);
    const count = await fields.count();
    expect(count, path).toBeGreaterThan(0);
    for (let n = 0; n < count; n++) {
      await typeInHalves(fields.nth(n));
      expect(await writes(fields.nth(n)), `${path}, field ${n}`).toEqual([]);
      expect(await fields.nth(n).inputValue(), `${path}, field ${n}`).toMatch(/😀$/);
    }
  };
  await check(admin, INBOX);
  for (const path of ['/perfil', '/numeros/novo', '/admin/atendentes']) {
    await admin.goto(path);
    await admin.waitForLoadState('networkidle');
    await check(admin, path);
  }
  await page.goto('/entrar');
  await page.waitForLoadState('networkidle');
  await check(page, '/entrar');
});

test('a number is typed as people type it: the field does not move, and the code is for that number', async ({ page, inbox }) => {
  await login(page, await inbox.addUser('Ana Alves'));
  const field = page.getByLabel('Número do celular');
  const ask = page.getByRole('button', { name: 'Conectar com código' });
  for (const [typed, understood] of [
    ['5561998124471', '+55 61 99812-4471'],
    ['351912345678', '+351 912 345 678'],
    ['14155550100', '+1 415-555-0100'],
    ['061998124471', '+55 61 99812-4471'],
    ['\u202a+55\u00a0(61) 99812\u20114471\u202c', '+55 61 99812-4471'],
    ['0052 1 55 1234 5678', '+52 1 55 1234 5678'],
    ['٦١ ٩٩٨١٢ ٤٤٧١', '+55 61 99812-4471'],
  ] as const) {
    await field.pressSequentially(typed);
    await expect(field).toHaveValue(typed);
    await ask.click();
    await expect(page.getByText(`para o celular ${understood}`)).toBeVisible();
    await expect(page.getByLabel(/^Código de conexão/)).toHaveText(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    const ended = await page.request.post('/api/disconnect', { form: {}, headers: { origin: inbox.url } });
    expect(ended.ok()).toBe(true);
    await expectBadge(page, 'Desconectado');
  }
});

test('a number that can be two is asked about, and one that is none is refused in words', async ({ page, inbox }) => {
  await login(page, await inbox.addUser('Ana Alves'));
  const field = page.getByLabel('Número do celular');
  const ask = page.getByRole('button', { name: 'Conectar com código' });
  for (const [typed, words] of [
    ['99812-4471', 'faltam dígitos'],
    ['+61998124471', 'não existe número assim'],
    ['meu celular', 'Confira o número'],
  ] as const) {
    await field.fill(typed);
    await ask.click();
    await expect(page.getByRole('alert').filter({ hasText: words })).toBeVisible();
    await expect(field).toHaveValue(typed);
  }

  await field.fill('34912345678');
  await ask.click();
  const choice = (name: string) => page.getByRole('radio', { name });
  await expect(choice('Brasil: +55 34 91234-5678')).toBeVisible();
  await expect(choice('Espanha: +34 912 34 56 78')).toBeVisible();
  await expect(field).toHaveValue('34912345678');
  // An answer to another question does not count.
  await choice('Espanha: +34 912 34 56 78').check();
  await field.fill('79912345678');
  await ask.click();
  await expect(choice('Rússia: +7 991 234-56-78')).toBeVisible();
  await field.fill('34912345678');
  await ask.click();
  await choice('Espanha: +34 912 34 56 78').check();
  await ask.click();
  await expect(page.getByText('para o celular +34 912 34 56 78')).toBeVisible();
});

test('the expected phone is shown as it was understood, and can be chosen', async ({ page, inbox }) => {
  await login(page, await inbox.addUser('Ana Alves'));
  const add = async (label: string, phone: string) => {
    await page.goto('/numeros/novo');
    await page.getByLabel('Nome').fill(label);
    await page.getByLabel('Celular esperado').fill(phone);
    await page.getByRole('button', { name: 'Adicionar', exact: true }).click();
  };
  await add('Vendas', '061 99812-4471');
  await expect(page.getByText('Só o celular +55 61 99812-4471')).toBeVisible();
  await add('Suporte', '4930123456');
  await page.getByRole('radio', { name: 'Alemanha: +49 30 123456' }).check();
  await expect(page.getByLabel('Nome')).toHaveValue('Suporte');
  await page.getByRole('button', { name: 'Adicionar', exact: true }).click();
  await expect(page.getByText('Só o celular +49 30 123456')).toBeVisible();
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a number that can be two is asked about as well', async ({ page, inbox }) => {
    const ana = await inbox.addUser('Ana Alves');
    await page.goto('/entrar');
    await fillLogin(page, ana);
    await pressEnterOn(page.getByRole('button', { name: 'Entrar' }));
    await page.getByLabel('Número do celular').fill('34912345678');
    await pressEnterOn(page.getByRole('button', { name: 'Conectar com código' }));
    await expect(page.getByRole('alert').filter({ hasText: 'Brasil: +55 34 91234-5678' })).toContainText('Espanha: +34 912 34 56 78');
    await page.getByLabel('Número do celular').fill('meu celular');
    await pressEnterOn(page.getByRole('button', { name: 'Conectar com código' }));
    await expect(page.getByRole('alert').filter({ hasText: 'Confira o número' })).toBeVisible();
  });
});

test('Enter sends where there is a keyboard and breaks the line on a phone, unless the person chose otherwise', async ({ browser, browserOf, baseURL, inbox, emulator }) => {
  const ana = await inbox.addUser('Ana Alves');
  const [shop, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await connect(await browserOf(ana), shop);
  const context = await browser.newContext({ baseURL, isMobile: true, hasTouch: true, viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await login(page, ana);
  await customer.send(shop, 'Oi');
  await chat(page, 'Carla Dias').tap();
  const composer = page.getByRole('textbox', { name: 'Mensagem' });
  await expect(composer).toHaveAttribute('enterkeyhint', 'enter');
  await composer.pressSequentially('linha 1');
  await composer.press('Enter');
  await composer.pressSequentially('linha 2');
  await expect(composer).toHaveValue('linha 1\nlinha 2');
  await page.getByRole('button', { name: 'Enviar', exact: true }).tap();
  await expect(composer).toHaveValue('');
  await customer.expectTexts(shop, ['Oi', 'linha 1\nlinha 2']);
  await composer.fill('com Ctrl');
  await composer.press('Control+Enter');
  await customer.expectTexts(shop, ['Oi', 'linha 1\nlinha 2', 'com Ctrl']);

  await page.goto('/perfil');
  await page.getByLabel('Tecla Enter').selectOption({ label: 'Enter envia' });
  await page.getByRole('button', { name: 'Usar assim' }).click();
  await expect(page.getByLabel('Tecla Enter')).toHaveValue('sends');
  await alive(page, () => page.goto(INBOX));
  await chat(page, 'Carla Dias').tap();
  await expect(composer).toHaveAttribute('enterkeyhint', 'send');
  await composer.fill('de novo');
  await composer.press('Enter');
  await expect(composer).toHaveValue('');
  await context.close();

  // The choice belongs to the user, so it applies on a machine with a keyboard too.
  const desk = await browser.newContext({ baseURL });
  const other = await desk.newPage();
  await login(other, ana);
  await other.goto('/perfil');
  await expect(other.getByLabel('Tecla Enter')).toHaveValue('sends');
  await other.getByLabel('Tecla Enter').selectOption({ label: 'Enter quebra a linha' });
  await other.getByRole('button', { name: 'Usar assim' }).click();
  await alive(other, () => other.goto(INBOX));
  await openChat(other, 'Carla Dias');
  const area = other.getByRole('textbox', { name: 'Mensagem' });
  await area.pressSequentially('a');
  await area.press('Enter');
  await area.pressSequentially('b');
  await expect(area).toHaveValue('a\nb');
  await area.press('Control+Enter');
  await expect(area).toHaveValue('');
  await desk.close();
});

test('Enter that ends the composition of a letter sends nothing', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const composer = page.getByRole('textbox', { name: 'Mensagem' });
  await composer.fill('にほ');
  for (const event of [{ isComposing: true }, { keyCode: 229 }, { isComposing: true, ctrlKey: true }]) {
    await composer.evaluate((area, init) => {
      area.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true, ...init }));
    }, event);
  }
  await expect(composer).toHaveValue('にほ');
  await composer.press('Enter');
  await expect(composer).toHaveValue('');
  await customer.expectTexts(phone, ['Oi', 'にほ']);
});
