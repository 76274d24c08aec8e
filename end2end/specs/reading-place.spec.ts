import type { Page } from '@playwright/test';

import { alive, connect, log, login, openChat, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

const end = (page: Page) => page.locator('.to-end');

/** Distance of a message from the top of the screen. */
async function topOf(page: Page, text: string): Promise<number> {
  return page.evaluate((text) => {
    const bubbles = [...document.querySelectorAll('[role=log] article')];
    return bubbles.find((bubble) => bubble.textContent?.includes(text))?.getBoundingClientRect().top ?? NaN;
  }, text);
}

for (const [device, viewport] of Object.entries({ desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } })) {
  test(`what is read stays where it is while more comes (${device})`, async ({ page, inbox, emulator }) => {
    test.slow();
    await page.setViewportSize(viewport);
    const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
    await login(page, await inbox.addUser('Ana Alves'));
    await connect(page, phone);
    const lines = 'linha\n'.repeat(3);
    for (let number = 1; number <= 120; number += 1) await customer.send(phone, `mensagem ${number}.\n${number % 3 ? '' : lines}`.trim());
    await openChat(page, 'Carla Dias');
    await expect(log(page)).toContainText('mensagem 120.');
    const address = page.url();

    // The place is far up, beyond the first page of messages.
    await log(page).evaluate((log) => log.scrollTo(0, -log.scrollHeight));
    await expect(log(page)).toContainText('mensagem 30.');
    await page.getByText('mensagem 40.').scrollIntoViewIfNeeded();
    await expect(end(page)).toBeVisible();
    const before = await topOf(page, 'mensagem 40.');

    const other = await page.context().newPage();
    await alive(other, () => other.goto(address));
    await say(other, `respondi na outra aba\n${lines}`.trim());
    await expect(log(page)).toContainText('respondi na outra aba');
    expect(Math.abs((await topOf(page, 'mensagem 40.')) - before)).toBeLessThan(3);
    await expect(end(page)).toHaveText(/1 nova/);

    for (const text of ['uma', 'duas']) await customer.send(phone, text);
    await expect(end(page)).toHaveText(/3 novas/);
    expect(Math.abs((await topOf(page, 'mensagem 40.')) - before)).toBeLessThan(3);

    // A taller composer moves the messages, but only once.
    const composer = page.getByRole('textbox', { name: 'Mensagem' });
    await composer.fill('um\ndois\ntrês');
    const moved = await topOf(page, 'mensagem 40.');
    expect(Math.abs(moved - before)).toBeGreaterThan(20);
    await customer.send(phone, 'três');
    await expect(end(page)).toHaveText(/4 novas/);
    expect(Math.abs((await topOf(page, 'mensagem 40.')) - moved)).toBeLessThan(3);
    await composer.fill('');

    await end(page).click();
    await expect(log(page).getByText('duas', { exact: true })).toBeInViewport();
    await expect(end(page)).toBeHidden();
    await customer.send(phone, 'no fim se acompanha');
    await expect(log(page).getByText('no fim se acompanha')).toBeInViewport();

    // The log scrolls to a message that is sent here.
    await page.getByText('mensagem 80.').scrollIntoViewIfNeeded();
    await expect(end(page)).toBeVisible();
    await say(page, 'enviada daqui');
    await expect(log(page).getByText('enviada daqui')).toBeInViewport();
    await expect(end(page)).toBeHidden();
  });
}
