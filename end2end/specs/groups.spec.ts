import type { Locator, Page } from '@playwright/test';

import { expectAccessible, expectAccessibleAtAnyWidth } from '../support/axe.ts';
import type { Emulator, Group, Phone } from '../support/emulator.ts';
import type { Inbox } from '../support/inbox.ts';
import { INBOX, bubble, chat, connect, expectConversation, expectTicks, log, login, openChat, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

const SUBJECT = 'Fornecedores Sul';

interface Scene {
  phone: Phone;
  bia: Phone;
  caio: Phone;
  group: Group;
}

/** Links a number that is in a group of Bia's with Caio, and opens the group. Both have written. */
async function inGroup(page: Page, inbox: Inbox, emulator: Emulator): Promise<Scene> {
  const [phone, bia, caio] = [await emulator.phone('Loja Pirata'), await emulator.phone('Bia Souza'), await emulator.phone('Caio Lima')];
  await login(page, await inbox.addUser('Ana Alves', 'admin'));
  await connect(page, phone);
  const group = await emulator.group(bia, SUBJECT, [phone, caio], { description: 'Tabelas e fretes' });
  await bia.send(group, 'Bom dia, grupo!');
  await caio.send(group, 'Bom dia, Bia');
  await openChat(page, SUBJECT);
  await expect(bubble(page, 'Bom dia, Bia')).toBeVisible();
  return { phone, bia, caio, group };
}

const head = (page: Page) => page.locator('.conversation-head');

const composer = (page: Page) => page.getByRole('textbox', { name: 'Mensagem', exact: true });

const drawer = (page: Page) => page.getByRole('dialog', { name: 'Dados do grupo' });

const opener = (page: Page) => page.getByRole('link', { name: 'Dados do grupo' });

const members = (page: Page) => drawer(page).getByRole('list', { name: /participante/ }).getByRole('listitem');

/** Chooses an entry of the menu of a message. */
async function choose(page: Page, text: string, name: string): Promise<void> {
  await bubble(page, text).first().hover();
  await bubble(page, text).first().getByRole('button', { name: 'Mais ações' }).click();
  await page.getByRole('menu', { name: 'Ações da mensagem' }).getByRole('menuitem', { name, exact: true }).click();
}

/** Waits until the last text of a group on a phone is this one. */
async function expectLast(phone: Phone, group: Group, text: string | RegExp): Promise<void> {
  await expect.poll(async () => (await phone.messages(group)).at(-1)?.text ?? '', { message: `the last text on ${phone.name}` }).toMatch(text);
}

const colourOf = (author: Locator) => author.evaluate((one) => getComputedStyle(one).color);

test('a group is read and answered in order, and everybody has a name and a colour', async ({ page, inbox, emulator }) => {
  const { phone, bia, caio, group } = await inGroup(page, inbox, emulator);
  const authors = log(page).locator('.by:visible');
  await expect(authors).toContainText(['Bia Souza', 'Caio Lima']);
  await expect(bubble(page, 'Bom dia, Bia').locator('.by')).toHaveText('Caio Lima');
  const [one, other] = [await colourOf(authors.filter({ hasText: 'Bia Souza' }).first()), await colourOf(authors.filter({ hasText: 'Caio Lima' }).first())];
  expect(one, 'members are told apart').not.toBe(other);
  await expect(chat(page, SUBJECT)).toContainText('Caio Lima: Bom dia, Bia');
  // The names come with a script, the number is in the page.
  await expect(head(page)).toContainText('Bia');
  await expect(head(page)).toContainText('Caio');

  await say(page, 'Bom dia a todos');
  for (const other of [bia, caio]) await expectLast(other, group, /^Bom dia a todos$/);
  await caio.send(group, 'Tem azul?');
  await say(page, 'Tem sim');
  await expectLast(bia, group, /^Tem sim$/);
  await bia.send(group, 'Quero dois');
  await expectConversation(page, ['Bom dia, grupo!', 'Bom dia, Bia', 'Bom dia a todos', 'Tem azul?', 'Tem sim', 'Quero dois']);
  for (const other of [bia, caio, phone]) {
    const texts = (await other.messages(group)).map(({ text }) => text).filter((text) => text?.startsWith('Tem') || text === 'Quero dois');
    expect(texts, other.name).toEqual(['Tem azul?', 'Tem sim', 'Quero dois']);
  }
  await page.reload();
  await expect(bubble(page, 'Quero dois').locator('.by')).toHaveText('Bia Souza');
  expect(await colourOf(bubble(page, 'Quero dois').locator('.by')), 'the colour stays').toBe(one);
});

test('members are mentioned by the keyboard, and a mention of the number stands out', async ({ page, inbox, emulator }) => {
  const { phone, bia, caio, group } = await inGroup(page, inbox, emulator);
  const list = page.getByRole('listbox', { name: 'Mencionar' });
  await composer(page).pressSequentially('Oi @');
  await expect(list.getByRole('option')).toHaveText([/Bia Souza/, /Caio Lima/]);
  await expect(composer(page)).toHaveAttribute('aria-activedescendant', 'mention-0');
  await page.keyboard.press('ArrowDown');
  await expect(list.getByRole('option', { selected: true })).toHaveText(/Caio Lima/);
  await page.keyboard.press('Escape');
  await expect(list).toHaveCount(0);
  await expect(composer(page)).toHaveValue('Oi @');
  await composer(page).fill('');
  await composer(page).pressSequentially('Oi @ca');
  await expect(list.getByRole('option')).toHaveText([/Caio Lima/]);
  await expectAccessible(page, 'the list of members');
  await page.keyboard.press('Enter');
  await expect(composer(page)).toHaveValue('Oi @Caio Lima ');
  await expect(composer(page)).toBeFocused();
  // A draft keeps whom it mentions.
  await composer(page).pressSequentially('e @bia');
  await expect(list.getByRole('option')).toHaveText([/Bia Souza/]);
  await list.getByRole('option').click();
  await expect(composer(page)).toHaveValue('Oi @Caio Lima e @Bia Souza ');
  await expect.poll(() => page.evaluate(() => Object.keys(localStorage).some((name) => name.startsWith('draft-'))), { message: 'the server has the draft' }).toBe(false);
  await page.reload();
  await expect(composer(page)).toHaveValue(/Oi @Caio Lima e @Bia Souza/);
  await composer(page).press('Enter');
  const sent = bubble(page, 'Oi @Caio Lima');
  await expect(sent.locator('.text b')).toHaveText(['@Caio Lima', '@Bia Souza']);
  for (const other of [bia, caio]) await expectLast(other, group, `Oi @${caio.number} e @${bia.number}`);

  await bia.write(group, { text: `@${phone.number} consegue 20? @${caio.number} também`, mentions: [phone.number, caio.number] });
  const asked = bubble(page, 'consegue 20?');
  await expect(asked.locator('mark')).toHaveText(/^@/);
  await expect(asked.locator('.text b')).toHaveText('@Caio Lima');
  await expect(asked).toHaveClass(/mentioned/);
  await expect(chat(page, SUBJECT)).toContainText('@Caio Lima também');
  await expectAccessible(page, 'a conversation with mentions');
});

test('messages of members are answered, reacted to, edited and deleted', async ({ page, inbox, emulator }) => {
  const { bia, caio, group } = await inGroup(page, inbox, emulator);
  await choose(page, 'Bom dia, grupo!', 'Responder');
  await expect(page.locator('#reply')).toContainText('Bia Souza');
  await say(page, 'Bom dia, tudo certo?');
  const asked = bubble(page, 'Bom dia, tudo certo?');
  await expect(asked.locator('.quote')).toContainText('Bia Souza');
  const first = (await bia.messages(group)).find(({ text }) => text === 'Bom dia, grupo!')!;
  await caio.until(group, (messages) => messages.some(({ text, quoted }) => text === 'Bom dia, tudo certo?' && quoted === first.id));

  await choose(page, 'Bom dia, tudo certo?', 'Editar');
  await page.getByRole('textbox', { name: 'Editar mensagem' }).fill('Bom dia! Tudo certo?');
  await page.getByRole('button', { name: 'Salvar', exact: true }).click();
  await caio.until(group, (messages) => messages.some(({ text }) => text === 'Bom dia! Tudo certo?'));

  const ours = (await bia.messages(group)).at(-1)!;
  await bia.react(group, ours.id, '👍');
  await caio.react(group, ours.id, '👍');
  const edited = bubble(page, 'Bom dia! Tudo certo?');
  await edited.getByRole('button', { name: /quem reagiu/ }).click();
  const reactors = page.getByRole('dialog', { name: 'Quem reagiu' });
  for (const name of ['Bia Souza', 'Caio Lima']) await expect(reactors).toContainText(name);
  await page.keyboard.press('Escape');

  await caio.reply(group, first.id, 'Também respondo');
  await expect(bubble(page, 'Também respondo').locator('.quote')).toContainText('Bia Souza');
  await caio.revoke(group, await caio.send(group, 'Engano'));
  await expect(bubble(page, 'Mensagem apagada')).toBeVisible();
  await choose(page, 'Bom dia! Tudo certo?', 'Apagar para todos');
  await page.getByRole('button', { name: 'Apagar', exact: true }).click();
  await bia.until(group, (messages) => messages.some(({ id, kind }) => id === ours.id && kind === 'revoked'));
});

test('changes of the group are said in words, and why nobody can write', async ({ page, inbox, emulator }) => {
  const { phone, bia, caio, group } = await inGroup(page, inbox, emulator);
  const davi = await emulator.phone('Davi Nunes');
  await group.change('add', davi);
  await expect(bubble(page, 'Bia Souza adicionou')).toBeVisible();
  await group.set(bia, { subject: 'Fornecedores do Sul' });
  await expect(bubble(page, 'Bia Souza mudou o nome do grupo para “Fornecedores do Sul”.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Fornecedores do Sul' })).toBeVisible();
  await expect(chat(page, 'Fornecedores do Sul')).toContainText('mudou o nome do grupo');
  await group.leave(davi);
  await expect(bubble(page, 'saiu do grupo.')).toBeVisible();

  await composer(page).fill('Isto fica');
  await group.set(bia, { announce: true });
  await expect(bubble(page, 'Bia Souza deixou só administradores enviarem mensagens.')).toBeVisible();
  const reason = page.locator('.composer');
  await expect(reason).toHaveText('Só administradores podem enviar mensagens neste grupo.');
  await expect(composer(page)).toHaveCount(0);
  await bubble(page, 'Bom dia, Bia').hover();
  await bubble(page, 'Bom dia, Bia').getByRole('button', { name: 'Mais ações' }).click();
  const entries = page.getByRole('menu', { name: 'Ações da mensagem' }).getByRole('menuitem');
  await expect(entries).toHaveText([/Encaminhar/, /Copiar/, /Favoritar/]);
  await page.keyboard.press('Escape');

  // An administrator writes, and deletes what others wrote.
  await group.change('promote', phone);
  await expect(bubble(page, 'Bia Souza deu a administração do grupo a você.')).toBeVisible();
  await expect(composer(page)).toHaveValue('Isto fica');
  await choose(page, 'Bom dia, Bia', 'Apagar para todos');
  await page.getByRole('button', { name: 'Apagar', exact: true }).click();
  await bia.until(group, (messages) => messages.some(({ from, kind }) => from === caio.number && kind === 'revoked'));

  await group.change('remove', phone);
  await expect(bubble(page, 'removeu você.')).toBeVisible();
  await expect(reason).toHaveText(/foi removido do grupo/);
  await page.reload();
  await expect(reason).toHaveText(/foi removido do grupo/);
  await expect(bubble(page, 'Bom dia, grupo!')).toBeVisible();
});

test('"Dados da mensagem" has who read it, live, and gives the focus back', async ({ page, inbox, emulator }) => {
  const { bia, caio, group } = await inGroup(page, inbox, emulator);
  await say(page, 'Chega na sexta');
  await expectTicks(page, 'Entregue');
  await choose(page, 'Chega na sexta', 'Dados da mensagem');
  const info = page.getByRole('dialog', { name: 'Dados da mensagem' });
  await expect(info.getByRole('list', { name: /^Entregue a/ })).toContainText('Bia Souza');
  await expect(info.getByRole('button', { name: 'Fechar' })).toBeFocused();
  await bia.read(group);
  await expect(info.getByRole('list', { name: 'Lida por · 1' })).toContainText('Bia Souza');
  await expect(info.getByRole('list', { name: 'Entregue a · 1' })).toContainText('Caio Lima');
  await expectAccessibleAtAnyWidth(page, 'the receipts of a message');
  await page.keyboard.press('Escape');
  await expect(info).toHaveCount(0);
  await expect(bubble(page, 'Chega na sexta').getByRole('button', { name: 'Mais ações' })).toBeFocused();
  await caio.read(group);
  await expectTicks(page, 'Lida');
  const seen = bubble(page, 'Chega na sexta').getByRole('link', { name: 'Dados da mensagem, lida por 2' });
  await seen.click();
  await expect(info.getByRole('list', { name: 'Lida por · 2' })).toBeVisible();
  await page.keyboard.press('Escape');
  // The page behind it works without scripts.
  await page.goto((await seen.getAttribute('href'))!);
  await expect(page.getByRole('heading', { name: 'Dados da mensagem' })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Lida por · 2' })).toContainText('Caio Lima');
});

test('the drawer shows the group and its members, follows changes, and leaves the group', async ({ page, inbox, emulator }) => {
  const { phone, bia, caio, group } = await inGroup(page, inbox, emulator);
  await page.setViewportSize({ width: 390, height: 844 });
  await opener(page).click();
  await expect(drawer(page)).toContainText('Tabelas e fretes');
  await expect(members(page)).toHaveCount(3);
  await expect(members(page).first()).toContainText('Este número');
  await expect(members(page).filter({ hasText: 'Bia Souza' })).toContainText('Criou o grupo');
  await expectAccessible(page, 'the drawer of a group on a phone');
  await page.keyboard.press('Escape');
  await expect(drawer(page)).toHaveCount(0);
  await expect(opener(page)).toBeFocused();

  await page.setViewportSize({ width: 1440, height: 900 });
  await head(page).getByRole('link', { name: SUBJECT }).click();
  await expectAccessible(page, 'the drawer of a group');
  await group.set(bia, { description: 'Pedidos até quinta', locked: true });
  await expect(drawer(page)).toContainText('Pedidos até quinta');
  await expect(drawer(page)).toContainText('Só administradores mudam os dados do grupo.');
  const more = await Promise.all(['Davi', 'Elisa', 'Fábio', 'Gabi', 'Hugo', 'Inês'].map((name) => emulator.phone(name)));
  await group.change('add', ...more);
  await expect(members(page)).toHaveCount(9);
  await page.keyboard.press('Escape');
  await opener(page).click();
  await drawer(page).getByRole('searchbox', { name: 'Buscar participante' }).fill('caio');
  await expect(members(page).filter({ visible: true })).toHaveText([/Caio Lima/]);
  await drawer(page).getByRole('searchbox').fill('ninguém assim');
  await expect(drawer(page).getByText('Ninguém encontrado.')).toBeVisible();
  await drawer(page).getByRole('searchbox').fill('');

  await drawer(page).getByText('Sair do grupo').click();
  await drawer(page).getByRole('button', { name: 'Sair agora' }).click();
  await expect(drawer(page)).toHaveCount(0);
  await expect(page.locator('.composer')).toHaveText(/saiu do grupo/);
  // It can still be archived.
  await expect(head(page).getByRole('link', { name: 'Mais ações' })).toBeVisible();
  await expect.poll(() => group.members(), { message: 'the members' }).not.toContain(phone.number);
  expect(await group.members()).toContain(caio.number);
  await opener(page).click();
  await expect(drawer(page)).toContainText('Este número saiu do grupo');
  await expect(drawer(page).getByText('Sair do grupo')).toHaveCount(0);
});

test('the list has a filter for groups, also without scripts', async ({ page, browser, baseURL, inbox, emulator }) => {
  const { phone, group, bia } = await inGroup(page, inbox, emulator);
  const davi = await emulator.phone('Davi Nunes');
  await davi.send(phone, 'Abrem no sábado?');
  await expect(chat(page, 'Davi Nunes')).toBeVisible();
  const filters = page.getByRole('navigation', { name: 'Filtros' });
  await filters.getByRole('link', { name: 'Grupos' }).click();
  await expect(page).toHaveURL(/\?filtro=grupos$/);
  await expect(filters.getByRole('link', { name: 'Grupos' })).toHaveAttribute('aria-current', 'page');
  await expect(chat(page, SUBJECT)).toBeVisible();
  await expect(chat(page, 'Davi Nunes')).toHaveCount(0);
  // The conversation beside it stays, and events bring no other chats.
  await expect(bubble(page, 'Bom dia, grupo!')).toBeVisible();
  await davi.send(phone, 'Alô?');
  await bia.send(group, 'Chegou?');
  await expect(chat(page, SUBJECT)).toContainText('Chegou?');
  await expect(chat(page, 'Davi Nunes')).toHaveCount(0);
  await page.reload();
  await expect(chat(page, SUBJECT)).toBeVisible();
  await expect(chat(page, 'Davi Nunes')).toHaveCount(0);
  await page.goBack();
  await expect(chat(page, 'Davi Nunes')).toBeVisible();

  const plain = await browser.newContext({ baseURL, javaScriptEnabled: false, storageState: await page.context().storageState(), viewport: { width: 390, height: 844 } });
  const other = await plain.newPage();
  await other.goto(`${INBOX}?filtro=grupos`);
  await expect(chat(other, SUBJECT)).toBeVisible();
  await expect(chat(other, 'Davi Nunes')).toHaveCount(0);
  await other.goto((await chat(other, SUBJECT).getAttribute('href'))!);
  await expect(head(other)).toContainText('3 participantes');
  await other.goto((await opener(other).getAttribute('href'))!);
  await expect(other.getByText('Tabelas e fretes')).toBeVisible();
  await other.getByText('Sair do grupo').press('Enter');
  await other.getByRole('button', { name: 'Sair agora' }).press('Enter');
  await expect(other).toHaveURL(/\/chat\/\d+$/);
  await plain.close();
});

test('a group is given to some people, and does not exist for the others', async ({ page, browserOf, inbox, emulator }) => {
  const { group, bia } = await inGroup(page, inbox, emulator);
  const user = await inbox.addUser('Bruno Braga');
  await page.goto('/numeros/1');
  await page.getByRole('button', { name: 'Dar acesso' }).click();
  const list = page.getByRole('list', { name: 'Acessos' });
  await expect(list).toContainText('Bruno Braga');
  const bruno = await browserOf(user);
  await openChat(bruno, SUBJECT);
  const address = bruno.url();

  // Only chosen groups, of which there are none yet.
  await list.getByLabel('Grupos que Bruno Braga vê').selectOption({ label: 'Só grupos escolhidos' });
  await list.getByRole('button', { name: 'Definir' }).click();
  await expect(list.getByLabel('Grupos que Bruno Braga vê')).toHaveValue('chosen');
  await expect(chat(bruno, SUBJECT)).toHaveCount(0);
  await expect(bruno.getByText('Bom dia, grupo!')).toHaveCount(0);
  await bia.send(group, 'Isto é só para alguns');
  expect((await bruno.request.get(address)).status()).toBe(404);
  expect((await bruno.request.get(`${address}/grupo`)).status()).toBe(404);
  await bruno.goto(`${INBOX}?filtro=grupos`);
  await expect(bruno.getByText('Nenhum grupo ainda.')).toBeVisible();

  await page.goto(address);
  await opener(page).click();
  await expect(drawer(page)).toContainText('só vê os grupos em que está marcada');
  await drawer(page).getByRole('checkbox', { name: /Bruno Braga/ }).check();
  await drawer(page).getByRole('radio', { name: 'Só as pessoas marcadas' }).check();
  await drawer(page).getByRole('button', { name: 'Aplicar' }).click();
  await expect(drawer(page).getByText('Acesso ao grupo salvo.')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(head(page)).toContainText('só para algumas pessoas');
  await bruno.goto(address);
  await expect(bubble(bruno, 'Isto é só para alguns')).toBeVisible();
  await opener(bruno).click();
  await expect(drawer(bruno)).toContainText('Tabelas e fretes');
  await expect(drawer(bruno).getByRole('heading', { name: 'Quem da equipe vê' })).toHaveCount(0);
  await page.goto('/admin/auditoria');
  // The groups of the grant, whom the group was given to, and that it is for some only.
  await expect(page.getByRole('rowheader', { name: 'Mudou o acesso a grupos' })).toHaveCount(3);
});

test('a conversation in a group is accessible at any width', async ({ page, inbox, emulator }) => {
  const { bia, group } = await inGroup(page, inbox, emulator);
  await say(page, 'Bom dia');
  await bia.send(group, '<b>oi</b> \u202efdp.exe');
  await expect(bubble(page, '<b>oi</b>')).toBeVisible();
  await expectAccessibleAtAnyWidth(page, 'a conversation in a group');
  await expect(page.locator('.conversation-head .round:visible')).not.toHaveCount(0);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(390);
});
