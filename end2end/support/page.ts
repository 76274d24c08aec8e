import { type Locator, type Page, expect } from '@playwright/test';

import type { Emulator, Phone } from './emulator.ts';
import type { Inbox, User } from './inbox.ts';
import { readQr } from './qr.ts';

export const INBOX = '/atendente/inbox-pirata';

export type BadgeText = 'Desconectado' | 'Conectando' | 'Aguardando leitura' | 'Sincronizando' | 'Conectado' | 'Pausado';

/**
 * Runs `visit` and waits until the page it leads to is live: hydrated, and listening for changes.
 */
export async function alive(page: Page, visit: () => Promise<unknown>): Promise<void> {
  // The mark is removed so that the old page is not taken for the new one. The stream itself is not
  // visible here: a worker holds it for all tabs.
  await page.evaluate(() => delete document.documentElement.dataset['live']);
  await visit();
  await page.locator('html[data-live=up]').waitFor({ state: 'attached' });
  if (new URL(page.url()).pathname === INBOX) {
    await page.locator('html[data-actions]').waitFor({ state: 'attached' });
  }
}

/** Fills the login form on the current page. */
export async function fillLogin(page: Page, user: User, password = user.password): Promise<void> {
  await page.getByLabel('E-mail').fill(user.email);
  await page.getByLabel('Senha', { exact: true }).fill(password);
}

/**
 * Activates a link or button with the keyboard: focus and Enter. Without JavaScript this takes the
 * place of `click`, which waits for animation frames to find the element stable. A loaded machine
 * may not draw any for a page without scripts.
 */
export async function pressEnterOn(target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  await expect(target).toBeEnabled();
  await target.press('Enter');
}

/** Logs in by the form and arrives at the inbox. */
export async function login(page: Page, user: User): Promise<void> {
  await page.goto('/entrar');
  await fillLogin(page, user);
  await alive(page, () => page.getByRole('button', { name: 'Entrar' }).click());
  await expect(page).toHaveURL(new RegExp(`${INBOX}$`));
}

/** The connection's state. */
export function badge(page: Page): Locator {
  return page.getByRole('status').first();
}

export async function expectBadge(page: Page, text: BadgeText, timeout?: number): Promise<void> {
  await expect(badge(page)).toContainText(text, { timeout });
}

/** Clicks "Conectar WhatsApp" and reads the code from the screen. */
export async function showQr(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Conectar WhatsApp' }).click();
  return readQr(page);
}

/** Asks for a pairing code for `phone` and reads it from the screen. */
export async function showCode(page: Page, phone: Phone): Promise<string> {
  await page.getByLabel('Número do celular').fill(`+${phone.number}`);
  await page.getByRole('button', { name: 'Conectar com código' }).click();
  const shown = page.getByLabel(/^Código de conexão/);
  await expect(shown).toHaveText(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  return (await shown.innerText()).replace('-', '');
}

/** Links `phone` to the logged-in user's connection. Returns the id of the linked device. */
export async function connect(page: Page, phone: Phone): Promise<number> {
  const device = await phone.scan(await showQr(page));
  await expectBadge(page, 'Conectado');
  return device;
}

/** A chat in the list, by the name of the contact. */
export function chat(page: Page, name: string): Locator {
  return page.getByRole('list', { name: 'Conversas' }).getByRole('link', { name });
}

export async function openChat(page: Page, name: string): Promise<void> {
  await chat(page, name).click();
  await expect(page.getByRole('textbox', { name: 'Mensagem' })).toBeVisible();
}

/** Logs in, links a number, and opens the conversation with a customer who wrote. Returns both phones. */
export async function converse(page: Page, inbox: Inbox, emulator: Emulator, words = 'Oi'): Promise<[Phone, Phone]> {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  await customer.send(phone, words);
  await openChat(page, 'Carla Dias');
  return [phone, customer];
}

/** The messages of the open conversation. */
export function log(page: Page): Locator {
  return page.getByRole('log', { name: 'Mensagens' });
}

/** The bubbles with a text, a caption or the name of a file. */
export function bubble(page: Page, words: string): Locator {
  return log(page).getByRole('article').filter({ hasText: words });
}

/** Waits until a picture is drawn whose file is this wide. */
export async function expectDrawn(picture: Locator, width: number): Promise<void> {
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(width);
}

/** Types a message and presses Enter. */
export async function say(page: Page, text: string): Promise<void> {
  const composer = page.getByRole('textbox', { name: 'Mensagem' });
  await composer.fill(text);
  await composer.press('Enter');
  await expect(composer).toHaveValue('');
}

/** Checks the status of the newest message of ours, by the label of its ticks. */
export async function expectTicks(page: Page, words: 'Enviada' | 'Entregue' | 'Lida' | 'Ouvida'): Promise<void> {
  await expect(log(page).getByRole('img', { name: /^(Na fila|Enviando|Enviada|Entregue|Lida|Ouvida|Não enviada)/ }).last()).toHaveAccessibleName(words);
}

/** The lines of the open conversation as they appear. */
export async function linesOf(page: Page): Promise<string[]> {
  return (await log(page).innerText()).split('\n').map((line) => line.trim());
}

/**
 * Waits until these texts are in the conversation, in this order, each once. All of them share one
 * timeout.
 */
export async function expectConversation(page: Page, texts: string[]): Promise<void> {
  const shown = async () => (await linesOf(page)).filter((line) => texts.includes(line));
  await expect.poll(shown, { message: 'the conversation' }).toEqual(texts);
}
