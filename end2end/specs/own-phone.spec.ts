import { alive, badge, chat, connect, expectBadge, expectConversation, openChat, say, showQr } from '../support/page.ts';
import { expect, test } from '../support/test.ts';
import type { Page } from '@playwright/test';
import type { Emulator, Phone } from '../support/emulator.ts';

async function disconnect(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Desconectar' }).first().click();
  await page.getByRole('dialog').getByRole('button', { name: 'Desconectar' }).click();
  await expectBadge(page, 'Desconectado');
}

/**
 * Prepares a number with a conversation, whose phone was unlinked and another phone scanned its
 * code.
 */
async function otherPhoneScanned(page: Page, emulator: Emulator): Promise<{ own: Phone; other: Phone; customer: Phone }> {
  const [own, other] = [await emulator.phone('Loja Pirata'), await emulator.phone('Outro celular')];
  const customer = await emulator.phone('Carla Dias');
  await connect(page, own);
  await customer.send(own, 'Vocês abrem hoje?');
  await expect(chat(page, 'Carla Dias')).toBeVisible();
  await disconnect(page);
  await other.scan(await showQr(page)).catch(() => undefined);
  await expect(badge(page)).toContainText(`final ${other.number.slice(-4)}`);
  await expect.poll(() => other.devices()).toEqual([]);
  return { own, other, customer };
}

test('another phone in a number\'s place: which was expected, which scanned, and the right one finds everything', async ({ browserOf, inbox, emulator }) => {
  const page = await browserOf(await inbox.addUser('Ana Alves'));
  const { own, other, customer } = await otherPhoneScanned(page, emulator);
  await expect(page.getByText('Este número espera', { exact: true })).toBeVisible();
  await expect(page.getByText(`número final ${other.number.slice(-4)}`)).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Qual destes é o caso?' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Trocar o esperado' })).toBeVisible();

  await own.scan(await showQr(page));
  await expectBadge(page, 'Conectado');
  await openChat(page, 'Carla Dias');
  await say(page, 'Abrimos às 9h');
  await customer.expectTexts(own, ['Vocês abrem hoje?', 'Abrimos às 9h']);
});

test('one more number: another phone gets an entry of its own, with nothing of the old chats', async ({ browserOf, inbox, emulator }) => {
  const page = await browserOf(await inbox.addUser('Ana Alves'));
  const { other, customer } = await otherPhoneScanned(page, emulator);
  await page.locator('.ways').getByRole('link', { name: 'Adicionar número' }).click();
  await page.getByLabel('Nome').fill('Suporte');
  await alive(page, () => page.getByRole('button', { name: 'Adicionar', exact: true }).click());
  await connect(page, other);
  await expect(chat(page, 'Carla Dias')).toHaveCount(0);
  await customer.send(other, 'E aqui?');
  await openChat(page, 'Carla Dias');
  await expectConversation(page, ['E aqui?']);
});

test('the number has changed: the history stays, marked and unanswerable, and a new conversation begins', async ({ browserOf, inbox, emulator }) => {
  const page = await browserOf(await inbox.addUser('Ana Alves'));
  const { own, other, customer } = await otherPhoneScanned(page, emulator);
  await alive(page, () => page.getByRole('button', { name: 'Trocar o esperado' }).click());
  await connect(page, other);
  await customer.send(other, 'Número novo, né?');
  await page.getByRole('navigation', { name: 'Números' }).getByRole('link', { name: 'Todos' }).click();
  await expect(chat(page, 'Carla Dias')).toHaveCount(2);
  const old = chat(page, 'Carla Dias').filter({ hasText: 'Vocês abrem hoje?' });
  await expect(old).toContainText(own.number.slice(-4));
  await old.click();
  await expectConversation(page, ['Vocês abrem hoje?']);
  await expect(page.getByText('Este número mudou de celular.')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Mensagem' })).toHaveCount(0);

  await chat(page, 'Carla Dias').filter({ hasText: 'Número novo' }).click();
  await say(page, 'Sim, agora é este');
  await customer.expectTexts(other, ['Número novo, né?', 'Sim, agora é este']);
});

test('the phone of one number is refused for another, which is named to those who may know it', async ({ browserOf, inbox, emulator }) => {
  const ana = await browserOf(await inbox.addUser('Ana Alves'));
  const shop = await emulator.phone('Loja Pirata');
  await connect(ana, shop);
  const bia = await browserOf(await inbox.addUser('Bia Borges'));
  await shop.scan(await showQr(bia)).catch(() => undefined);
  await expect(badge(bia)).toContainText('este celular já é o de outro número');
  await expect(bia.getByText('Fale com quem administra')).toBeVisible();
  await expect(bia.getByText('É o celular de')).toHaveCount(0);

  await ana.getByRole('link', { name: 'Adicionar número' }).click();
  await ana.getByLabel('Nome').fill('Suporte');
  await alive(ana, () => ana.getByRole('button', { name: 'Adicionar', exact: true }).click());
  await shop.scan(await showQr(ana)).catch(() => undefined);
  await expect(ana.getByText('É o celular de WhatsApp: conecte-o por lá.')).toBeVisible();
  await expect.poll(async () => (await shop.devices()).length).toBe(1);
});
