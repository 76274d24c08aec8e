import type { Page } from '@playwright/test';

import { INBOX, alive, badge, chat, connect, expectBadge, expectConversation, openChat, say, showQr } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

/** Adds a number for the user and arrives where it is connected. */
async function addNumber(page: Page, label: string, phone = ''): Promise<void> {
  await page.getByRole('link', { name: 'Adicionar número' }).click();
  await page.getByLabel('Nome').fill(label);
  await page.getByLabel('Celular esperado').fill(phone);
  await alive(page, () => page.getByRole('button', { name: 'Adicionar', exact: true }).click());
  await expect(page.getByRole('heading', { name: label })).toBeVisible();
}

function numbers(page: Page) {
  return page.getByRole('navigation', { name: 'Números' });
}

test('one person works two numbers: a switcher, labelled chats, and the number that sends is said', async ({ browserOf, inbox, emulator }) => {
  const page = await browserOf(await inbox.addUser('Ana Alves'));
  const [sales, support] = [await emulator.phone('Vendas'), await emulator.phone('Suporte')];
  const [carla, davi] = [await emulator.phone('Carla Dias'), await emulator.phone('Davi Esteves')];
  await connect(page, sales);
  await addNumber(page, 'Suporte');
  await connect(page, support);
  await carla.send(sales, 'Quero comprar');
  await davi.send(support, 'Quero trocar');

  await expect(chat(page, 'Davi Esteves')).toBeVisible();
  await expect(chat(page, 'Carla Dias')).toHaveCount(0);
  await numbers(page).getByRole('link', { name: 'Todos' }).click();
  await expect(page).toHaveURL(new RegExp(`${INBOX}$`));
  await expect(chat(page, 'Carla Dias')).toContainText('WhatsApp');
  await expect(chat(page, 'Davi Esteves')).toContainText('Suporte');

  await openChat(page, 'Davi Esteves');
  await expect(page.getByText('Enviando por Suporte')).toBeVisible();
  await say(page, 'Pode trocar sim');
  await davi.expectTexts(support, ['Quero trocar', 'Pode trocar sim']);

  // The address keeps the choice: "back" and a reload lead to the same list.
  await numbers(page).getByRole('link', { name: 'Suporte' }).click();
  await expect(page).toHaveURL(/numero=\d+$/);
  await alive(page, () => page.reload());
  await expect(chat(page, 'Carla Dias')).toHaveCount(0);
  await expect(chat(page, 'Davi Esteves')).toBeVisible();
  await page.goBack();
  await expect(chat(page, 'Carla Dias')).toBeVisible();
  await expectConversation(page, ['Quero trocar', 'Pode trocar sim']);
});

test('a phone other than the declared one is unlinked at once, and nothing of it is kept', async ({ browserOf, inbox, emulator }) => {
  const page = await browserOf(await inbox.addUser('Ana Alves'));
  const [right, wrong] = [await emulator.phone('Loja Pirata'), await emulator.phone('Outro celular')];
  const customer = await emulator.phone('Carla Dias');
  await addNumber(page, 'Loja', `+${right.number}`);
  await expect(page.getByText(/^Só o celular/)).toBeVisible();

  await wrong.scan(await showQr(page)).catch(() => undefined);
  await expect(badge(page)).toContainText(`final ${wrong.number.slice(-4)}`);
  await expect.poll(() => wrong.devices()).toEqual([]);
  await customer.send(wrong, 'para outra pessoa');

  const device = await right.scan(await showQr(page));
  await expectBadge(page, 'Conectado');
  expect(device).toBeGreaterThan(0);
  await customer.send(right, 'para a loja');
  await openChat(page, 'Carla Dias');
  await expectConversation(page, ['para a loja']);
  await expect(page.getByText('para outra pessoa')).toHaveCount(0);
});

test('a number is renamed where it is managed, and removed only by typing its name', async ({ browserOf, inbox, emulator }) => {
  const page = await browserOf(await inbox.addUser('Ana Alves'));
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await connect(page, phone);
  await customer.send(phone, 'Oi');
  await expect(chat(page, 'Carla Dias')).toBeVisible();

  await page.getByRole('link', { name: 'Ajustes do número' }).click();
  await page.getByLabel('Nome').fill('Vendas');
  await page.getByRole('radio', { name: 'Violeta' }).check();
  await page.getByRole('button', { name: 'Salvar', exact: true }).click();
  await expect(page.getByRole('status')).toHaveText('Alterações salvas.');
  await expect(page.getByRole('heading', { name: 'Vendas' })).toBeVisible();
  await expect(page.getByText('as conversas (1) e suas mensagens (1)')).toBeVisible();

  await page.getByLabel('Digite “Vendas” para confirmar').fill('vendas');
  await page.getByRole('button', { name: 'Remover para sempre' }).click();
  await expect(page.getByText('O nome não confere')).toBeVisible();
  await page.getByLabel('Digite “Vendas” para confirmar').fill('Vendas');
  await alive(page, () => page.getByRole('button', { name: 'Remover para sempre' }).click());
  await expectBadge(page, 'Desconectado');
  await expect(chat(page, 'Carla Dias')).toHaveCount(0);
  await expect.poll(() => phone.devices()).toEqual([]);
});

test('an administrator gives access and takes it away while the agent looks', async ({ browserOf, inbox, emulator }) => {
  const admin = await browserOf(await inbox.addUser('Ana Alves', 'admin'));
  const bruno = await inbox.addUser('Bruno Braga');
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await connect(admin, phone);
  await customer.send(phone, 'Oi, tem gente?');
  const agent = await browserOf(bruno);
  await expect(chat(agent, 'Carla Dias')).toHaveCount(0);

  await admin.getByRole('link', { name: 'Ajustes do número' }).click();
  const settings = admin.url();
  await admin.getByLabel('Pessoa').selectOption({ label: 'Bruno Braga' });
  await admin.getByLabel('Pode').selectOption({ label: 'Ler' });
  await admin.getByRole('button', { name: 'Dar acesso' }).click();
  await expect(admin.getByRole('list', { name: 'Acessos' })).toContainText('Bruno Braga');

  // The number and the chat appear without a reload, and there is no composer yet.
  await chat(agent, 'Carla Dias').click();
  await expect(agent.getByText('Oi, tem gente?').last()).toBeVisible();
  await expect(agent.getByRole('textbox', { name: 'Mensagem' })).toHaveCount(0);
  expect((await agent.request.get(settings)).status()).toBe(404);

  await admin.getByRole('combobox', { name: 'Acesso de Bruno Braga' }).selectOption({ label: 'Ler e enviar' });
  await admin.getByRole('button', { name: 'Mudar' }).click();
  await say(agent, 'Tem sim!');
  await customer.expectTexts(phone, ['Oi, tem gente?', 'Tem sim!']);

  await admin.getByRole('button', { name: 'Remover o acesso de Bruno Braga' }).click();
  await expect(chat(agent, 'Carla Dias')).toHaveCount(0);
  await expect(agent.getByText('Tem sim!')).toHaveCount(0);
  await expect(agent.getByText('Loja Pirata')).toHaveCount(0);
});

test('"Conexões" shows every number live to administrators, and is forbidden to agents', async ({ browserOf, inbox, emulator }) => {
  const admin = await browserOf(await inbox.addUser('Ana Alves', 'admin'));
  const agent = await browserOf(await inbox.addUser('Bruno Braga'));
  const phone = await emulator.phone('Loja Pirata');
  await connect(agent, phone);

  await alive(admin, () => admin.getByRole('link', { name: 'Conexões' }).click());
  const row = admin.getByRole('row').filter({ hasText: 'Bruno Braga' });
  await expect(row).toContainText('Conectado');
  await agent.getByRole('button', { name: 'Desconectar' }).click();
  await agent.getByRole('dialog').getByRole('button', { name: 'Desconectar' }).click();
  await expect(row).toContainText('Desconectado');

  // The administrator links the number again from here, for its owner.
  await row.getByRole('button', { name: 'Conectar' }).click();
  await phone.scan(await showQr(admin));
  await expect(row).toContainText('Conectado');
  await expect(admin.getByRole('region', { name: 'WhatsApp' })).toHaveCount(0);
  await expectBadge(agent, 'Conectado');
  await row.getByRole('button', { name: 'Desconectar' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Desconectar' }).click();
  await expectBadge(agent, 'Desconectado');

  expect((await agent.request.get('/admin/conexoes')).status()).toBe(403);
  expect((await agent.request.post('/api/connections')).status()).toBe(403);
});

test('an administrator gives one person several numbers at once, and takes them back', async ({ browserOf, inbox, emulator }) => {
  const admin = await browserOf(await inbox.addUser('Ana Alves', 'admin'));
  const agent = await browserOf(await inbox.addUser('Bruno Braga'));
  for (const [label, by] of [['Vendas', 'Carla Dias'], ['Suporte', 'Davi Reis'], ['Cobrança', 'Eva Lima']] as const) {
    await admin.goto(INBOX);
    await addNumber(admin, label);
    const [phone, customer] = [await emulator.phone(label), await emulator.phone(by)];
    await connect(admin, phone);
    await customer.send(phone, `Oi, aqui é ${by}`);
    await expect(chat(admin, by)).toBeVisible();
  }
  const numbers = admin.getByRole('list', { name: 'Números' });
  const number = (label: string) => numbers.getByRole('listitem').filter({ hasText: label });
  const apply = async (labels: string[], access: string) => {
    for (const label of labels) await number(label).getByRole('checkbox').check();
    await admin.getByLabel('Nos números marcados').selectOption({ label: access });
    await admin.getByRole('button', { name: 'Aplicar' }).click();
  };
  await admin.goto('/admin/atendentes');
  const bruno = admin.getByRole('list', { name: 'Usuários' }).getByRole('listitem').filter({ hasText: 'Bruno Braga' });
  await bruno.locator('summary').click();
  await bruno.getByRole('link', { name: 'Acessos' }).click();
  await expect(admin.getByRole('heading', { name: 'Acesso de Bruno Braga' })).toBeVisible();
  await apply([], 'Ler');
  await expect(admin.getByRole('alert')).toContainText('Marque pelo menos um número.');

  await apply(['Vendas', 'Suporte'], 'Ler e enviar');
  await expect(number('Vendas')).toContainText('Ler e enviar');
  await expect(admin.getByRole('alert')).toHaveCount(0);
  await expect(chat(agent, 'Carla Dias')).toBeVisible();
  await expect(chat(agent, 'Davi Reis')).toBeVisible();
  await expect(chat(agent, 'Eva Lima')).toHaveCount(0);

  await admin.getByRole('searchbox').fill('cobr');
  await admin.getByRole('button', { name: 'Buscar' }).click();
  await expect(numbers.getByRole('listitem')).toHaveCount(1);
  await apply(['Cobrança'], 'Ler');
  await expect(number('Cobrança')).toContainText('por Ana Alves em');
  await expect(chat(agent, 'Eva Lima')).toBeVisible();

  await admin.getByRole('searchbox').fill('');
  await admin.getByRole('button', { name: 'Buscar' }).click();
  await apply(['Vendas', 'Suporte', 'Cobrança'], 'Sem acesso');
  await expect(numbers).not.toContainText('por Ana Alves');
  for (const gone of ['Carla Dias', 'Davi Reis', 'Eva Lima']) await expect(chat(agent, gone)).toHaveCount(0);
  expect((await agent.request.get(admin.url())).status()).toBe(403);
});
