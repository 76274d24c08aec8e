import type { Locator, Page } from '@playwright/test';

import type { Emulator, Phone } from '../support/emulator.ts';
import type { Inbox } from '../support/inbox.ts';
import { INBOX, alive, chat, connect, expectTicks, log, login, openChat } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** What the number is asked, in each test. */
const QUESTION = 'Vocês abrem no sábado?';

/** The message with this text. Answers that quote it come after it. */
const bubble = (page: Page, text: string) => log(page).getByRole('article').filter({ hasText: text }).first();

const composer = (page: Page) => page.getByRole('textbox', { name: 'Mensagem', exact: true });

const editor = (page: Page) => page.getByRole('textbox', { name: 'Editar mensagem' });

const hasTouch = (page: Page) => page.evaluate(() => navigator.maxTouchPoints > 0);

/** Clicks, or taps where there is no mouse. */
async function press(target: Locator): Promise<void> {
  await ((await hasTouch(target.page())) ? target.tap() : target.click());
}

/** Sends a text by the button: Enter breaks the line on a phone. */
async function write(page: Page, text: string): Promise<void> {
  await composer(page).fill(text);
  await press(page.getByRole('button', { name: 'Enviar', exact: true }));
  await expect(composer(page)).toHaveValue('');
}

/** An entry of the open menu of a message. */
function entry(page: Page, text: string, name: string): Locator {
  const named = { name, exact: true };
  return page.getByRole('menuitem', named).or(bubble(page, text).getByRole('button', named)).filter({ visible: true }).last();
}

async function openMenu(page: Page, text: string): Promise<void> {
  if (!(await hasTouch(page))) await bubble(page, text).hover();
  await press(bubble(page, text).getByRole('button', { name: 'Mais ações' }));
  // Until then the buttons beside the message are the only entries.
  await expect(page.getByRole('menu', { name: 'Ações da mensagem' })).toBeVisible();
}

/** Chooses an entry of the menu of a message. */
async function choose(page: Page, text: string, name: string): Promise<void> {
  await openMenu(page, text);
  await press(entry(page, text, name));
}

/** Chooses an emoji of those that are offered. */
async function react(page: Page, text: string, emoji: string): Promise<void> {
  await choose(page, text, 'Reagir');
  await press(page.getByRole('button', { name: emoji, exact: true }).filter({ visible: true }).last());
}

const save = (page: Page) => page.getByRole('button', { name: 'Salvar', exact: true });

async function edit(page: Page, text: string, becomes: string): Promise<void> {
  await choose(page, text, 'Editar');
  await expect(editor(page)).toHaveValue(text);
  await editor(page).fill(becomes);
  await press(save(page));
}

/** The quoted part of a message. */
function quote(page: Page, text: string): Locator {
  const named = { name: /^Ir para a mensagem citada/ };
  return bubble(page, text).getByRole('link', named).or(bubble(page, text).getByRole('button', named));
}

async function confirmDeletion(page: Page): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Apagar para todos?' });
  await press(dialog.getByRole('button', { name: 'Apagar', exact: true }));
  await expect(dialog).toBeHidden();
}

/** The button that shows who reacted to a message with an emoji. */
const reaction = (page: Page, text: string, emoji: string) => bubble(page, text).getByRole('button', { name: new RegExp(`^${emoji}.*quem reagiu$`) });

/** A failed change, with its reason and buttons. */
const failure = (page: Page, why: string) => log(page).getByRole('alert').filter({ hasText: why });

/** Calls a server function as the page's user. */
async function call(page: Page, name: string, form: Record<string, string>) {
  const headers = { origin: new URL(page.url()).origin, accept: 'application/json' };
  const answer = await page.request.post(`/api/${name}`, { form, headers });
  expect(answer.ok(), `${name}: ${answer.status()}`).toBe(true);
  return answer;
}

interface Given {
  page: Page;
  inbox: Inbox;
  emulator: Emulator;
}

interface Conversation {
  phone: Phone;
  customer: Phone;
  /** The id of the question. */
  asked: string;
}

/** A linked number with the question of a customer, which is open. */
async function conversation({ page, inbox, emulator }: Given, role: 'admin' | 'atendente' = 'atendente'): Promise<Conversation> {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves', role));
  await connect(page, phone);
  const asked = await customer.send(phone, QUESTION);
  await openChat(page, 'Carla Dias');
  await expect(bubble(page, QUESTION)).toBeVisible();
  return { phone, customer, asked };
}

/** Sends a text and waits until the customer has it. */
async function answer(page: Page, { phone, customer }: Conversation, text: string): Promise<void> {
  await write(page, text);
  await customer.until(phone, (messages) => messages.at(-1)?.text === text);
  await expectTicks(page, 'Entregue');
}

/** The reactions that a phone has received to a message, oldest first; an empty one takes back. */
async function expectReactions({ phone, customer }: Conversation, id: string, emojis: string[]): Promise<void> {
  const ours = async () => {
    const messages = await customer.messages(phone);
    return messages.filter((one) => one.kind === 'reaction' && one.quoted === id && !one.from_me).map((one) => one.text);
  };
  await expect.poll(ours, { message: 'reactions of the number' }).toEqual(emojis);
}

/** An administrator gives somebody a right on the number. */
async function grant(admin: Page, name: string, right: string): Promise<void> {
  await admin.goto('/numeros/1');
  await admin.getByLabel('Pessoa').selectOption({ label: name });
  await admin.getByLabel('Pode').selectOption({ label: right });
  await admin.getByRole('button', { name: 'Dar acesso' }).click();
  await expect(admin.getByRole('list', { name: 'Acessos' })).toContainText(name);
}

/** Disconnects the number, and keeps its keys. */
async function goOffline(page: Page, emulator: Emulator): Promise<void> {
  await emulator.fault({ kind: 'replaced' });
  await expect(page.getByText('Sem conexão: a mensagem será enviada quando o número conectar.')).toBeVisible();
}

for (const [device, settings] of [['a mouse', {}], ['a touch screen', PHONE]] as const) {
  test.describe(`with ${device}`, () => {
    test.use(settings);

    test('an answer quotes a message on both phones, and its quote leads there', async ({ page, inbox, emulator }) => {
      const scene = await conversation({ page, inbox, emulator });
      const { phone, customer, asked } = scene;
      const cancel = page.getByRole('button', { name: 'Cancelar resposta' });
      await choose(page, QUESTION, 'Responder');
      await expect(composer(page)).toBeFocused();
      await press(cancel);
      await expect(cancel).toHaveCount(0);

      await choose(page, QUESTION, 'Responder');
      await write(page, 'Abrimos, das 9h às 13h');
      await expect(cancel).toHaveCount(0);
      const messages = await customer.until(phone, (messages) => messages.length === 2);
      expect(messages.at(-1)).toMatchObject({ text: 'Abrimos, das 9h às 13h', quoted: asked, from_me: false });
      const said = 'Abrimos, das 9h às 13h';
      await expect(quote(page, said)).toContainText(QUESTION);

      // The customer answers the answer.
      await customer.reply(phone, messages.at(-1)!.id, 'Perfeito, passo lá');
      await expect(quote(page, 'Perfeito, passo lá')).toContainText(said);
      for (let n = 1; n <= 15; n += 1) await customer.send(phone, `e mais ${n}\n.\n.\n.`);
      await expect(bubble(page, 'e mais 15')).toBeInViewport();
      await expect(bubble(page, QUESTION)).not.toBeInViewport();
      await quote(page, said).scrollIntoViewIfNeeded();
      await press(quote(page, said));
      await expect(bubble(page, QUESTION)).toBeInViewport();
      await alive(page, () => page.reload());
      await expect(quote(page, said)).toContainText(QUESTION);
    });

    test('a reaction is added, changed and taken back, and the list says who reacted', async ({ page, inbox, emulator }) => {
      const scene = await conversation({ page, inbox, emulator });
      const { phone, customer, asked } = scene;
      await react(page, QUESTION, '👍');
      await expectReactions(scene, asked, ['👍']);
      await expect(reaction(page, QUESTION, '👍')).toBeVisible();
      await react(page, QUESTION, '❤️');
      await expectReactions(scene, asked, ['👍', '❤️']);
      await expect(reaction(page, QUESTION, '👍')).toHaveCount(0);

      await customer.react(phone, asked, '❤️');
      await expect(bubble(page, QUESTION).getByRole('button', { name: '❤️ 2: quem reagiu' })).toBeVisible();
      await press(reaction(page, QUESTION, '❤️'));
      const takeBack = page.getByRole('button', { name: 'Retirar reação' });
      const who = page.getByRole('list').filter({ has: takeBack }).last();
      await expect(who).toContainText('Ana Alves');
      await expect(who).toContainText('Carla Dias');
      await press(takeBack);
      await expectReactions(scene, asked, ['👍', '❤️', '']);
      await expect(bubble(page, QUESTION).getByRole('button', { name: '❤️ 2: quem reagiu' })).toHaveCount(0);
      await expect(reaction(page, QUESTION, '❤️')).toBeVisible();

      await choose(page, QUESTION, 'Reagir');
      const other = page.getByRole('textbox', { name: 'Outra reação' });
      await other.fill('🥳');
      await other.press('Enter');
      await expectReactions(scene, asked, ['👍', '❤️', '', '🥳']);
      await expect(reaction(page, QUESTION, '🥳')).toBeVisible();
      await alive(page, () => page.reload());
      await expect(reaction(page, QUESTION, '🥳')).toBeVisible();
      await expect(reaction(page, QUESTION, '❤️')).toBeVisible();
    });

    test('an edit arrives, is marked, and its earlier texts can be read', async ({ page, inbox, emulator }) => {
      const scene = await conversation({ page, inbox, emulator });
      const { phone, customer } = scene;
      await answer(page, scene, 'Abrimos às 8h');
      await choose(page, 'Abrimos às 8h', 'Editar');
      await editor(page).fill('Abrimos nunca');
      await press(page.getByRole('button', { name: 'Cancelar edição' }));
      await expect(editor(page)).toHaveCount(0);
      await expect(bubble(page, 'Abrimos às 8h')).toBeVisible();

      await edit(page, 'Abrimos às 8h', 'Abrimos às 9h');
      await customer.expectTexts(phone, [QUESTION, 'Abrimos às 9h']);
      await edit(page, 'Abrimos às 9h', 'Abrimos às 10h');
      await customer.expectTexts(phone, [QUESTION, 'Abrimos às 10h']);
      const edited = bubble(page, 'Abrimos às 10h');
      await press(edited.getByRole('button', { name: /^editada/i }));
      const versions = page.getByRole('dialog', { name: 'Versões da mensagem' });
      for (const text of ['Abrimos às 8h', 'Abrimos às 9h', 'Abrimos às 10h']) await expect(versions).toContainText(text);
      await page.keyboard.press('Escape');
      await expect(versions).toBeHidden();
      await expect(log(page).getByText('Abrimos às 8h')).toHaveCount(0);
    });

    test('a deletion for everybody is asked about, and takes the message away on both phones', async ({ page, inbox, emulator }) => {
      const scene = await conversation({ page, inbox, emulator });
      const { phone, customer } = scene;
      await answer(page, scene, 'Era para outra pessoa');
      const dialog = page.getByRole('dialog', { name: 'Apagar para todos?' });
      await choose(page, 'Era para outra pessoa', 'Apagar para todos');
      await press(dialog.getByRole('button', { name: 'Cancelar', exact: true }));
      await expect(dialog).toBeHidden();
      await choose(page, 'Era para outra pessoa', 'Apagar para todos');
      await confirmDeletion(page);
      await customer.until(phone, (messages) => messages.at(-1)?.kind === 'revoked');
      await expect(log(page).getByText('Mensagem apagada')).toBeVisible();
      await expect(log(page).getByText('Era para outra pessoa')).toHaveCount(0);
      await openMenu(page, QUESTION);
      // The customer's message is not the number's to change.
      await expect(entry(page, QUESTION, 'Responder')).toBeVisible();
      for (const name of ['Editar', 'Apagar para todos']) await expect(entry(page, QUESTION, name)).toHaveCount(0);
    });

    test('a text is forwarded to two chats, one of them of another number', async ({ page, inbox, emulator }) => {
      const scene = await conversation({ page, inbox, emulator });
      const { phone, customer } = scene;
      const [support, davi, eva] = [await emulator.phone('Suporte'), await emulator.phone('Davi Esteves'), await emulator.phone('Eva Lima')];
      await page.goto('/numeros/novo');
      await page.getByLabel('Nome').fill('Suporte');
      await alive(page, () => page.getByRole('button', { name: 'Adicionar', exact: true }).click());
      await connect(page, support);
      await davi.send(phone, 'Bom dia');
      await eva.send(support, 'Boa tarde');
      await alive(page, () => page.goto(INBOX));
      for (const name of ['Davi Esteves', 'Eva Lima']) await expect(chat(page, name)).toBeVisible();
      await openChat(page, 'Carla Dias');

      await choose(page, QUESTION, 'Encaminhar');
      const dialog = page.getByRole('dialog', { name: 'Encaminhar para' });
      const search = dialog.getByRole('searchbox', { name: 'Buscar conversa' });
      for (const name of ['Davi Esteves', 'Eva Lima']) {
        await search.fill(name.slice(0, 3).toLowerCase());
        await expect(dialog.getByRole('checkbox', { name: 'Carla Dias' })).toHaveCount(0);
        await dialog.getByRole('checkbox', { name }).check();
        await search.fill('');
        await expect(dialog.getByRole('checkbox', { name })).toBeChecked();
      }
      await press(dialog.getByRole('button', { name: 'Encaminhar', exact: true }));
      await expect(dialog).toBeHidden();
      await davi.expectTexts(phone, ['Bom dia', QUESTION]);
      await eva.expectTexts(support, ['Boa tarde', QUESTION]);
      await customer.expectTexts(phone, [QUESTION]);
      await alive(page, () => page.goto(INBOX));
      await openChat(page, 'Eva Lima');
      await expect(bubble(page, QUESTION)).toContainText('Encaminhada');
    });

    test('a text is copied as it was written', async ({ page, inbox, emulator }) => {
      const { phone, customer } = await conversation({ page, inbox, emulator });
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      const text = 'Rua *das Flores*, 10\n2º andar <b>';
      await customer.send(phone, text);
      await choose(page, 'das Flores', 'Copiar');
      await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe(text);
    });
  });
}

test.describe('with a finger', () => {
  test.use(PHONE);

  test('a long press opens the menu', async ({ page, inbox, emulator }) => {
    await conversation({ page, inbox, emulator });
    const said = bubble(page, QUESTION).getByText(QUESTION);
    const { x, y } = (await said.boundingBox())!;
    await said.dispatchEvent('pointerdown', { pointerType: 'touch', isPrimary: true, clientX: x + 5, clientY: y + 5 });
    await expect(entry(page, QUESTION, 'Copiar')).toBeVisible();
    await said.dispatchEvent('pointerup', { pointerType: 'touch', isPrimary: true, clientX: x + 5, clientY: y + 5 });
    await expect(entry(page, QUESTION, 'Copiar')).toBeVisible();
  });
});

/** Presses a key until an element has the focus. */
async function reach(page: Page, target: Locator, key: string): Promise<void> {
  for (let n = 0; n < 20; n += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${key} does not reach it`);
}

test('answering, reacting and editing need no mouse', async ({ page, inbox, emulator }) => {
  const scene = await conversation({ page, inbox, emulator });
  const { phone, customer, asked } = scene;
  const opener = (text: string) => bubble(page, text).getByRole('button', { name: 'Mais ações' });
  const byKeys = async (text: string, name: string) => {
    await opener(text).focus();
    await page.keyboard.press('Enter');
    await reach(page, entry(page, text, name), 'ArrowDown');
    await page.keyboard.press('Enter');
  };

  // Escape closes the menu and leads back to where it was opened.
  await opener(QUESTION).focus();
  await page.keyboard.press('Enter');
  await expect(entry(page, QUESTION, 'Responder')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menuitem')).toHaveCount(0);
  await expect(opener(QUESTION)).toBeFocused();

  await byKeys(QUESTION, 'Responder');
  await expect(composer(page)).toBeFocused();
  await page.keyboard.type('Abrimos às 8h');
  await page.keyboard.press('Enter');
  const messages = await customer.until(phone, (messages) => messages.length === 2);
  expect(messages.at(-1)).toMatchObject({ text: 'Abrimos às 8h', quoted: asked });
  await expectTicks(page, 'Entregue');

  await byKeys('Abrimos às 8h', 'Editar');
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type('Abrimos às 9h');
  await reach(page, save(page), 'Tab');
  await page.keyboard.press('Enter');
  await customer.expectTexts(phone, [QUESTION, 'Abrimos às 9h']);

  await byKeys('Abrimos às 9h', 'Editar');
  await expect(editor(page)).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(editor(page)).toHaveCount(0);

  await byKeys(QUESTION, 'Reagir');
  const choices = page.getByRole('dialog', { name: 'Reagir', exact: true });
  await choices.getByRole('button', { name: '❤️', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expectReactions(scene, asked, ['❤️']);
});

test('a quote leads to a message that is not loaded yet', async ({ page, inbox, emulator }) => {
  test.slow();
  const { phone, customer, asked } = await conversation({ page, inbox, emulator });
  for (let n = 1; n <= 150; n += 1) await customer.send(phone, `recado ${n}.`);
  await customer.reply(phone, asked, 'Ninguém respondeu isto');
  await expect(bubble(page, 'Ninguém respondeu isto')).toBeVisible();
  await alive(page, () => page.reload());
  await expect(bubble(page, 'Ninguém respondeu isto')).toBeVisible();
  await expect(log(page).getByText('recado 20.', { exact: true })).toHaveCount(0);
  await quote(page, 'Ninguém respondeu isto').click();
  await expect(log(page).getByText('recado 1.', { exact: true })).toBeAttached();
  await expect(bubble(page, QUESTION)).toBeInViewport();
  // No message between the two is left out.
  const shown = (await log(page).innerText()).match(/recado \d+\./g);
  expect(shown).toEqual(Array.from({ length: 150 }, (_, n) => `recado ${n + 1}.`));
});

test('what a colleague or the own phone sent is the number\'s own, and is edited and deleted like it', async ({ page, browserOf, inbox, emulator }) => {
  const scene = await conversation({ page, inbox, emulator }, 'admin');
  const { phone, customer } = scene;
  const bruno = await browserOf(await inbox.addUser('Bruno Braga'));
  const address = page.url();
  await answer(page, scene, 'Abrimos às 8h');
  await phone.send(customer, 'E domingo também');
  await expect(bubble(page, 'E domingo também')).toBeVisible();

  await grant(page, 'Bruno Braga', 'Ler e enviar');
  await openChat(bruno, 'Carla Dias');
  await edit(bruno, 'Abrimos às 8h', 'Abrimos às 9h');
  await customer.expectTexts(phone, [QUESTION, 'Abrimos às 9h', 'E domingo também']);
  await edit(bruno, 'E domingo também', 'Domingo não');
  await customer.expectTexts(phone, [QUESTION, 'Abrimos às 9h', 'Domingo não']);
  for (const text of ['Abrimos às 9h', 'Domingo não']) {
    await choose(bruno, text, 'Apagar para todos');
    await confirmDeletion(bruno);
    await expect(bubble(bruno, text)).toHaveCount(0);
  }
  const kinds = async () => (await customer.messages(phone)).map((message) => message.kind);
  await expect.poll(kinds).toEqual(['text', 'revoked', 'revoked']);
  await alive(page, () => page.goto(address));
  await expect(log(page).getByText('Mensagem apagada')).toHaveCount(2);
});

test('who may only read copies, and changes nothing', async ({ page, browserOf, inbox, emulator }) => {
  const scene = await conversation({ page, inbox, emulator }, 'admin');
  await answer(page, scene, 'Abrimos às 9h');
  const reader = await browserOf(await inbox.addUser('Bruno Braga'));
  await grant(page, 'Bruno Braga', 'Ler');
  await chat(reader, 'Carla Dias').click();
  for (const text of [QUESTION, 'Abrimos às 9h']) {
    await openMenu(reader, text);
    await expect(entry(reader, text, 'Copiar')).toBeVisible();
    for (const name of ['Responder', 'Reagir', 'Editar', 'Apagar para todos']) await expect(entry(reader, text, name), name).toHaveCount(0);
    await reader.keyboard.press('Escape');
  }
});

test('a change that is made while the number is offline is shown as waiting, and arrives later', async ({ page, inbox, emulator }) => {
  const scene = await conversation({ page, inbox, emulator });
  const { phone, customer, asked } = scene;
  await answer(page, scene, 'Abrimos às 8h');
  await goOffline(page, emulator);
  await edit(page, 'Abrimos às 8h', 'Abrimos às 9h');
  await expect(bubble(page, 'Abrimos às 8h')).toContainText('Editando…');
  await expect(bubble(page, 'Abrimos às 8h')).toContainText(/conect/i);
  await react(page, QUESTION, '👍');
  // A text that was not sent yet can be changed too.
  await write(page, 'Até às 12h');
  await expect(log(page).getByRole('img', { name: 'Na fila' })).toBeVisible();
  await edit(page, 'Até às 12h', 'Até às 13h');
  await alive(page, () => page.reload());
  await expect(bubble(page, 'Abrimos às 8h')).toContainText('Editando…');
  expect((await customer.messages(phone)).map((message) => message.text)).toEqual([QUESTION, 'Abrimos às 8h']);

  await call(page, 'connect', {});
  await customer.until(phone, (messages) => {
    const texts = messages.filter(({ kind }) => kind === 'text').map(({ text }) => text);
    return JSON.stringify(texts) === JSON.stringify([QUESTION, 'Abrimos às 9h', 'Até às 13h']);
  });
  await expectReactions(scene, asked, ['👍']);
  for (const text of ['Abrimos às 9h', 'Até às 13h']) {
    await expect(bubble(page, text)).not.toContainText('Editando…');
    await expect(bubble(page, text).getByRole('button', { name: /^editada/i })).toBeVisible();
  }
});

test('a change that WhatsApp refuses says why, and is tried again or discarded', async ({ page, inbox, emulator }) => {
  const scene = await conversation({ page, inbox, emulator });
  const { phone, customer } = scene;
  const why = 'O WhatsApp não aceitou o envio.';
  await answer(page, scene, 'Abrimos às 8h');
  await emulator.fault({ kind: 'nack', code: 500 });
  await edit(page, 'Abrimos às 8h', 'Abrimos às 9h');
  await failure(page, why).getByRole('button', { name: 'Tentar de novo' }).click();
  await customer.expectTexts(phone, [QUESTION, 'Abrimos às 9h']);
  await expect(failure(page, why)).toHaveCount(0);

  await emulator.fault({ kind: 'nack', code: 500 });
  await edit(page, 'Abrimos às 9h', 'Abrimos às 10h');
  await failure(page, why).getByRole('button', { name: 'Descartar' }).click();
  await expect(failure(page, why)).toHaveCount(0);
  await expect(bubble(page, 'Abrimos às 9h')).toBeVisible();
  await answer(page, scene, 'Até sábado');
  await customer.expectTexts(phone, [QUESTION, 'Abrimos às 9h', 'Até sábado']);
});

test('without the server nothing is lost: the edit stays in its field, and the answer keeps its quote', async ({ page, inbox, emulator }) => {
  const scene = await conversation({ page, inbox, emulator });
  const { phone, customer, asked } = scene;
  const unreachable = 'O servidor não respondeu. Confira sua conexão e tente de novo.';
  await answer(page, scene, 'Abrimos às 8h');
  await choose(page, 'Abrimos às 8h', 'Editar');
  await editor(page).fill('Abrimos às 9h');
  await page.context().setOffline(true);
  await save(page).click();
  await expect(page.getByText(unreachable).first()).toBeVisible();
  await expect(editor(page)).toHaveValue('Abrimos às 9h');
  await page.context().setOffline(false);
  await save(page).click();
  await customer.expectTexts(phone, [QUESTION, 'Abrimos às 9h']);
  // The edit was made after all.
  await expect(page.getByText(unreachable)).toHaveCount(0);

  await choose(page, QUESTION, 'Responder');
  await page.context().setOffline(true);
  await write(page, 'Até às 13h');
  const unsent = log(page).getByRole('alert').filter({ hasText: unreachable });
  await expect(unsent).toBeVisible();
  await page.context().setOffline(false);
  await unsent.getByRole('button', { name: 'Tentar de novo' }).click();
  const messages = await customer.until(phone, (messages) => messages.length === 3);
  expect(messages.at(-1)).toMatchObject({ text: 'Até às 13h', quoted: asked });
});

test('a save that takes long keeps its editor, and the focus of who writes elsewhere meanwhile', async ({ page, inbox, emulator }) => {
  const scene = await conversation({ page, inbox, emulator });
  const { phone, customer } = scene;
  await answer(page, scene, 'Abrimos às 8h');
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route('**/api/edit_message', async (route) => {
    await held;
    await route.continue();
  }, { times: 1 });
  await edit(page, 'Abrimos às 8h', 'Abrimos às 9h');
  await expect(editor(page)).not.toBeEditable();
  await expect(page.getByRole('button', { name: 'Cancelar edição' })).toBeDisabled();
  await composer(page).click();
  await page.keyboard.type('Até ');
  release();
  await expect(editor(page)).toHaveCount(0);
  await page.keyboard.type('sábado');
  await expect(composer(page)).toHaveValue('Até sábado');
  await expect(composer(page)).toBeFocused();
  await customer.expectTexts(phone, [QUESTION, 'Abrimos às 9h']);
});

test('a typed edit survives another editor, another chat and a reload, until it is saved', async ({ page, inbox, emulator }) => {
  const scene = await conversation({ page, inbox, emulator });
  const { phone, customer } = scene;
  const davi = await emulator.phone('Davi Esteves');
  await davi.send(phone, 'Bom dia');
  await answer(page, scene, 'Abrimos às 8h');
  await answer(page, scene, 'E domingo também');
  await choose(page, 'Abrimos às 8h', 'Editar');
  await editor(page).fill('Abrimos às 9h');
  await choose(page, 'E domingo também', 'Editar');
  await expect(editor(page)).toHaveValue('E domingo também');
  await page.getByRole('button', { name: 'Cancelar edição' }).click();
  await expect(editor(page)).toHaveCount(0);

  await openChat(page, 'Davi Esteves');
  await expect(bubble(page, 'Bom dia')).toBeVisible();
  await chat(page, 'Carla Dias').click();
  await expect(editor(page)).toHaveValue('Abrimos às 9h');
  await alive(page, () => page.reload());
  await expect(editor(page)).toHaveValue('Abrimos às 9h');
  // The place of confirmations is there for screen readers, and shows nothing yet.
  await expect(page.locator('.said')).toHaveRole('status');
  await expect(page.locator('.said > span')).toBeHidden();

  await save(page).click();
  await customer.expectTexts(phone, [QUESTION, 'Abrimos às 9h', 'E domingo também']);
  await expect(editor(page)).toHaveCount(0);
  await alive(page, () => page.reload());
  await choose(page, 'Abrimos às 9h', 'Editar');
  await expect(editor(page)).toHaveValue('Abrimos às 9h');
  // An unchanged text is not sent, and the editor closes.
  let requests = 0;
  await page.route('**/api/edit_message', async (route) => {
    requests += 1;
    await route.continue();
  });
  await save(page).click();
  await expect(editor(page)).toHaveCount(0);
  expect(requests).toBe(0);
});

test('a reply survives a reload and stays in its chat', async ({ page, inbox, emulator }) => {
  const { phone, customer, asked } = await conversation({ page, inbox, emulator });
  const davi = await emulator.phone('Davi Esteves');
  await davi.send(phone, 'Bom dia');
  const cancel = page.getByRole('button', { name: 'Cancelar resposta' });
  await choose(page, QUESTION, 'Responder');
  await expect(cancel).toBeVisible();
  await openChat(page, 'Davi Esteves');
  await expect(bubble(page, 'Bom dia')).toBeVisible();
  await expect(cancel).toHaveCount(0);
  await openChat(page, 'Carla Dias');
  await expect(cancel).toBeVisible();
  await alive(page, () => page.reload());
  await expect(cancel).toBeVisible();
  await expect(composer(page)).toHaveAccessibleDescription(/Vocês abrem no sábado/);
  await write(page, 'Abrimos, das 9h às 13h');
  await expect(cancel).toHaveCount(0);
  const messages = await customer.until(phone, (messages) => messages.length === 2);
  expect(messages.at(-1)).toMatchObject({ text: 'Abrimos, das 9h às 13h', quoted: asked });
  await alive(page, () => page.reload());
  await expect(cancel).toHaveCount(0);

  // A message that is deleted is not answered.
  await choose(page, QUESTION, 'Responder');
  await expect(cancel).toBeVisible();
  await customer.revoke(phone, asked);
  await expect(page.getByRole('status').filter({ hasText: 'A mensagem que você ia responder foi apagada.' })).toBeVisible();
  await expect(cancel).toHaveCount(0);
});

test('an old message is not offered for editing, and can still be deleted for everybody', async ({ page, inbox, emulator }) => {
  const { phone, customer } = await conversation({ page, inbox, emulator });
  // WhatsApp's clock gives a message its time.
  await emulator.fault({ kind: 'clock-skew', skew_secs: -16 * 60 });
  await phone.send(customer, 'Abrimos às 8h');
  await expect(bubble(page, 'Abrimos às 8h')).toBeVisible();
  await openMenu(page, 'Abrimos às 8h');
  await expect(entry(page, 'Abrimos às 8h', 'Apagar para todos')).toBeEnabled();
  await expect(page.getByRole('menuitem', { name: 'Editar', exact: true, disabled: false })).toHaveCount(0);
  await press(entry(page, 'Abrimos às 8h', 'Apagar para todos'));
  await confirmDeletion(page);
  await customer.until(phone, (messages) => messages.some(({ kind }) => kind === 'revoked'));
});

test('an edit that is saved too late says so, and keeps what was typed', async ({ page, inbox, emulator }) => {
  const { phone, customer } = await conversation({ page, inbox, emulator });
  await goOffline(page, emulator);
  await write(page, 'Abrimos às 8h');
  await expect(log(page).getByRole('img', { name: 'Na fila' })).toBeVisible();
  await choose(page, 'Abrimos às 8h', 'Editar');
  await editor(page).fill('Abrimos às 9h');

  // The message leaves meanwhile, and by WhatsApp's clock that was 16 minutes ago, as is its receipt,
  // which may overtake the ack.
  await emulator.fault({ kind: 'clock-skew', skew_secs: -16 * 60, count: 2 });
  await call(page, 'connect', {});
  await customer.expectTexts(phone, [QUESTION, 'Abrimos às 8h']);
  const open = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  const delivery = async () => {
    const messages = (await (await call(page, 'messages', { chat: open })).json()) as { text: string; delivery: string | null }[];
    return String(messages.find(({ text }) => text === 'Abrimos às 8h')?.delivery);
  };
  await expect.poll(delivery).toMatch(/^(sent|delivered)$/);
  await save(page).click();
  await expect(page.getByText('O WhatsApp só deixa editar por 15 minutos').first()).toBeVisible();
  await expect(editor(page)).toHaveValue('Abrimos às 9h');
  await customer.expectTexts(phone, [QUESTION, 'Abrimos às 8h']);
});

test('a newer edit replaces one that failed', async ({ page, inbox, emulator }) => {
  const scene = await conversation({ page, inbox, emulator });
  const { phone, customer } = scene;
  const why = 'O WhatsApp não aceitou o envio.';
  await answer(page, scene, 'Abrimos às 8h');
  await emulator.fault({ kind: 'nack', code: 500 });
  await edit(page, 'Abrimos às 8h', 'Abrimos às 9h');
  await expect(failure(page, why)).toBeVisible();
  await choose(page, 'Abrimos às 8h', 'Editar');
  await expect(editor(page)).toHaveValue('Abrimos às 9h');
  await editor(page).fill('Abrimos às 10h');
  await save(page).click();
  await customer.expectTexts(phone, [QUESTION, 'Abrimos às 10h']);
  await expect(failure(page, why)).toHaveCount(0);
});

test('of two people who edit one message, the second is told, and keeps what was typed', async ({ page, browserOf, inbox, emulator }) => {
  const scene = await conversation({ page, inbox, emulator }, 'admin');
  const { phone, customer } = scene;
  const bruno = await browserOf(await inbox.addUser('Bruno Braga'));
  const address = page.url();
  await answer(page, scene, 'Abrimos às 8h');
  await grant(page, 'Bruno Braga', 'Ler e enviar');
  await alive(page, () => page.goto(address));
  await openChat(bruno, 'Carla Dias');
  await choose(bruno, 'Abrimos às 8h', 'Editar');
  await editor(bruno).fill('Abrimos às 10h');

  await edit(page, 'Abrimos às 8h', 'Abrimos às 9h');
  await customer.expectTexts(phone, [QUESTION, 'Abrimos às 9h']);
  const other = log(bruno).getByRole('status').filter({ hasText: 'Agora ela diz:' });
  await expect(other).toContainText('Abrimos às 9h');
  await expect(bubble(page, 'Abrimos às 9h').getByRole('button', { name: /^editada/i })).toBeVisible();
  await save(bruno).click();
  await expect(bruno.getByRole('alert').filter({ hasText: 'Outra pessoa editou esta mensagem: confira o texto' })).toBeVisible();
  await expect(editor(bruno)).toHaveValue('Abrimos às 10h');

  // Whoever has read the other text may replace it.
  await save(bruno).click();
  await customer.expectTexts(phone, [QUESTION, 'Abrimos às 10h']);
  await expect(editor(bruno)).toHaveCount(0);
  await bubble(page, 'Abrimos às 10h').getByRole('button', { name: /^editada/i }).click();
  const versions = page.getByRole('dialog', { name: 'Versões da mensagem' }).getByRole('listitem');
  for (const [nth, name] of ['Ana Alves', 'Ana Alves', 'Bruno Braga'].entries()) await expect(versions.nth(nth)).toContainText(name);
});

test('an edit ends with a sentence once its author may only read', async ({ page, browserOf, inbox, emulator }) => {
  const scene = await conversation({ page, inbox, emulator }, 'admin');
  const bruno = await browserOf(await inbox.addUser('Bruno Braga'));
  await answer(page, scene, 'Abrimos às 8h');
  await grant(page, 'Bruno Braga', 'Ler e enviar');
  await openChat(bruno, 'Carla Dias');
  await choose(bruno, 'Abrimos às 8h', 'Editar');
  await editor(bruno).fill('Abrimos às 10h');
  await call(page, 'set_access', { user: '2', 'connections[]': '1', access: 'read' });
  await expect(bruno.getByText('Você pode ler esta conversa, mas não escrever por este número.')).toBeVisible();
  await expect(bruno.getByRole('link', { name: 'Mensagens temporárias' })).toHaveCount(0);
  // The edit ends, and what was typed can be copied.
  const lost = bruno.getByRole('dialog', { name: 'A edição não pode ser salva' });
  await expect(lost).toContainText('Você não tem permissão para isso.');
  await expect(lost).toContainText('Abrimos às 10h');
  await expect(editor(bruno)).toHaveCount(0);
  await lost.getByRole('button', { name: 'Descartar' }).click();
  await expect(lost).toBeHidden();

  await call(page, 'set_access', { user: '2', 'connections[]': '1', access: 'write' });
  await expect(composer(bruno)).toBeVisible();
  await choose(bruno, 'Abrimos às 8h', 'Editar');
  await expect(editor(bruno)).toHaveValue('Abrimos às 8h');
  await call(page, 'set_access', { user: '2', 'connections[]': '1', access: 'read' });
  await expect(bruno.getByRole('alert').filter({ hasText: 'Você não tem permissão para isso.' })).toBeVisible();
  await expect(editor(bruno)).toHaveCount(0);
});

test('what was typed for a message that is deleted meanwhile is shown until it is discarded', async ({ page, inbox, emulator }) => {
  const { phone, customer } = await conversation({ page, inbox, emulator });
  const sent = await phone.send(customer, 'Abrimos às 8h');
  await choose(page, 'Abrimos às 8h', 'Editar');
  await editor(page).fill('Abrimos às 9h, também no domingo');
  await phone.revoke(customer, sent);
  const lost = page.getByRole('dialog', { name: 'Esta mensagem foi apagada' });
  await expect(lost).toContainText('Abrimos às 9h, também no domingo');
  await expect(editor(page)).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(lost).toBeHidden();

  await alive(page, () => page.reload());
  await expect(lost).toContainText('Abrimos às 9h, também no domingo');
  await lost.getByRole('button', { name: 'Descartar' }).click();
  await expect(lost).toBeHidden();
  const deleted = log(page).getByRole('article').filter({ hasText: 'Mensagem apagada' });
  await expect(deleted).toBeFocused();
  await alive(page, () => page.reload());
  await choose(page, QUESTION, 'Responder');
  await expect(lost).toHaveCount(0);
});

/** Returns true if the focus is in a message. */
const isInMessage = (page: Page) => page.evaluate(() => Boolean(document.activeElement?.closest('article')));

test('a deletion leaves the focus at its message, and closes the menu of others', async ({ page, inbox, emulator }) => {
  const scene = await conversation({ page, inbox, emulator });
  const { phone, customer, asked } = scene;
  await answer(page, scene, 'Era para outra pessoa');
  await choose(page, 'Era para outra pessoa', 'Apagar para todos');
  await confirmDeletion(page);
  await expect(log(page).getByText('Mensagem apagada')).toBeVisible();
  await expect.poll(() => isInMessage(page)).toBe(true);

  await openMenu(page, QUESTION);
  await expect(entry(page, QUESTION, 'Responder')).toBeVisible();
  await customer.revoke(phone, asked);
  await expect(page.getByRole('menuitem')).toHaveCount(0);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect.poll(() => isInMessage(page)).toBe(true);
});

test('a quote of a message that is taller than the screen leads to its beginning', async ({ page, inbox, emulator }) => {
  const { phone, customer } = await conversation({ page, inbox, emulator });
  const tall = await customer.send(phone, ['Era uma vez', ...Array<string>(80).fill('.'), 'Fim'].join('\n'));
  await customer.reply(phone, tall, 'Que história');
  await quote(page, 'Que história').click();
  const above = async () => {
    const [shown, frame] = [await bubble(page, 'Era uma vez').boundingBox(), await log(page).boundingBox()];
    return shown!.y - frame!.y;
  };
  await expect.poll(above).toBeGreaterThanOrEqual(0);
});

test('long names take one line, and versions have the colours of their side', async ({ page, inbox, emulator }) => {
  const scene = await conversation({ page, inbox, emulator });
  const { phone, customer, asked } = scene;
  await answer(page, scene, 'Abrimos às 8h');
  await customer.reply(phone, asked, 'Alguém aí?');
  await customer.react(phone, asked, '👍');
  const isOneLine = (element: HTMLElement) => {
    const height = element.offsetHeight;
    element.textContent = 'Maria das Dores '.repeat(20);
    return element.offsetHeight === height && element.scrollWidth > element.clientWidth;
  };
  expect(await quote(page, 'Alguém aí?').locator('strong').evaluate(isOneLine)).toBe(true);
  await reaction(page, QUESTION, '👍').click();
  const who = page.getByRole('dialog', { name: 'Quem reagiu' });
  expect(await who.getByText('Carla Dias').evaluate(isOneLine)).toBe(true);
  await page.keyboard.press('Escape');

  await customer.edit(phone, asked, 'Vocês abrem no domingo?');
  await edit(page, 'Abrimos às 8h', 'Abrimos às 9h');
  const versions = page.getByRole('dialog', { name: 'Versões da mensagem' });
  const colours: string[] = [];
  for (const text of ['Vocês abrem no domingo?', 'Abrimos às 9h']) {
    await bubble(page, text).getByRole('button', { name: /^editada/i }).click();
    colours.push(await versions.locator('.version').last().evaluate((version) => getComputedStyle(version).backgroundColor));
    await page.keyboard.press('Escape');
    await expect(versions).toBeHidden();
  }
  expect(colours[0]).not.toBe(colours[1]);
});

test.describe('on a narrow screen', () => {
  test.use(PHONE);

  test('nothing covers the buttons of the editor or the composer', async ({ page, inbox, emulator }) => {
    const scene = await conversation({ page, inbox, emulator });
    const { phone, customer } = scene;
    for (let n = 1; n <= 15; n += 1) await customer.send(phone, `recado ${n}\n.\n.`);
    await answer(page, scene, 'Abrimos às 8h');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await choose(page, 'Abrimos às 8h', 'Copiar');
    const said = page.getByRole('status').filter({ hasText: 'Copiado' });
    await expect(said).toBeVisible();
    const [sentence, field] = [(await said.boundingBox())!, (await composer(page).boundingBox())!];
    expect(sentence.y + sentence.height).toBeLessThan(field.y);
    // Nor does it cover a message or the heading of a day.
    const messages = (await log(page).boundingBox())!;
    expect(sentence.y + sentence.height).toBeLessThanOrEqual(messages.y);

    await choose(page, 'Abrimos às 8h', 'Editar');
    await log(page).evaluate((element) => (element.scrollTop = -60));
    const toEnd = page.getByRole('button', { name: 'Ir para o fim' });
    await expect(toEnd).toBeVisible();
    const [arrow, cancel] = [(await toEnd.boundingBox())!, (await page.getByRole('button', { name: 'Cancelar edição' }).boundingBox())!];
    expect(arrow.x + arrow.width).toBeLessThanOrEqual(cancel.x);
  });
});
