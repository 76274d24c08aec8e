import type { Locator, Page } from '@playwright/test';

import { attach, filesOn, sendChosen } from '../support/attach.ts';
import { expectAccessible } from '../support/axe.ts';
import { openPicker, picker, search } from '../support/emojis.ts';
import { documentOf } from '../support/files.ts';
import { alive, bubble, chat, converse, log, login } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

const composer = (page: Page) => page.getByRole('textbox', { name: 'Mensagem', exact: true });

const kept = (page: Page) => page.evaluate(() => JSON.stringify({ ...localStorage }));

/** Puts the cursor of a field before some words. */
async function putBefore(field: Locator, words: string): Promise<void> {
  await field.evaluate((area: HTMLTextAreaElement, words) => {
    const at = area.value.indexOf(words);
    area.focus();
    area.setSelectionRange(at, at);
  }, words);
}

test('emojis are chosen with the mouse, at the cursor, and can be undone', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  await composer(page).fill('Até amanhã!');
  await putBefore(composer(page), '!');
  const shown = await openPicker(page);
  await expect(shown.getByRole('searchbox')).toBeFocused();
  await shown.getByRole('button', { name: 'rosto risonho', exact: true }).click();
  await expect(composer(page)).toHaveValue('Até amanhã😀!');
  await expect(composer(page)).toBeFocused();
  await page.keyboard.press('Control+z');
  await expect(composer(page)).toHaveValue('Até amanhã!');

  // It stays open for the next, and leads to the groups.
  await shown.getByRole('button', { name: 'Comida e bebida' }).click();
  await expect(shown.getByRole('button', { name: 'Comida e bebida' })).toHaveAttribute('aria-current', 'true');
  await shown.getByRole('button', { name: 'abacaxi', exact: true }).click();
  await expect(composer(page)).toHaveValue('Até amanhã🍍!');
  await composer(page).press('Enter');
  await customer.expectTexts(phone, ['Oi', 'Até amanhã🍍!']);
  await log(page).click({ position: { x: 5, y: 5 } });
  await expect(picker(page)).toHaveCount(0);
});

test('emojis are searched and chosen by keys', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  const button = page.getByRole('button', { name: 'Emojis', exact: true });
  await button.focus();
  await button.press('Enter');
  const field = picker(page).getByRole('searchbox', { name: 'Buscar emoji' });
  await expect(field).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(picker(page)).toHaveCount(0);
  await expect(button).toBeFocused();

  const shown = await openPicker(page);
  // Without the mark and in any case.
  await search(shown, 'CORACAO verm');
  await field.press('Enter');
  await expect(composer(page)).toHaveValue('❤️');
  await expect(field).toBeFocused();
  await search(shown, 'joinha');
  await field.press('ArrowDown');
  await expect(shown.getByRole('button', { name: 'polegar para cima' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(composer(page)).toHaveValue('❤️👍');
  await page.keyboard.press('ArrowUp');
  await expect(field).toBeFocused();
  await search(shown, 'xyzzy');
  await expect(shown.getByRole('status')).toHaveText('Nenhum emoji encontrado. Tente outra palavra.');
  await search(shown, '');

  // Down leads to the same column of the next row, and letters back to the search.
  await field.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  const row = await shown.locator('button:focus').boundingBox();
  await page.keyboard.press('ArrowDown');
  const below = await shown.locator('button:focus').boundingBox();
  expect(below!.x).toBeCloseTo(row!.x, 0);
  expect(below!.y).toBeGreaterThan(row!.y);
  await page.keyboard.type('gato');
  await expect(field).toHaveValue('gato');

  // Enter in a field does not send the message that is being written.
  await shown.getByRole('radio', { name: 'Sem tom' }).focus();
  await page.keyboard.press('Enter');

  // Nothing was sent, and the field has the focus after something was typed in it.
  await page.keyboard.press('Escape');
  await expect(composer(page)).toBeFocused();
  await expect(composer(page)).toHaveValue('❤️👍');

  // What a key opens in its place closes it.
  await openPicker(page);
  await page.getByRole('button', { name: 'Anexar', exact: true }).press('Enter');
  await expect(page.getByRole('menu', { name: 'Anexar' })).toBeVisible();
  await expect(picker(page)).toHaveCount(0);
});

test('the last emojis and the tone of skin are kept until the logout', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const address = page.url();
  let shown = await openPicker(page);
  await expect(shown.getByRole('group', { name: 'Recentes' })).toHaveCount(0);
  await shown.getByRole('radio', { name: 'Pele morena', exact: true }).check();
  await shown.getByRole('button', { name: 'mão acenando', exact: true }).click();
  await search(shown, 'programadora');
  await shown.getByRole('button', { name: 'tecnóloga' }).click();
  await expect(composer(page)).toHaveValue('👋🏽👩🏽‍💻');
  await composer(page).press('Enter');
  await customer.expectTexts(phone, ['Oi', '👋🏽👩🏽‍💻']);

  await alive(page, () => page.reload());
  shown = await openPicker(page);
  await expect(shown.getByRole('group', { name: 'Recentes' }).getByRole('button')).toHaveText(['👩🏽‍💻', '👋🏽']);
  await expect(shown.getByRole('radio', { name: 'Pele morena', exact: true })).toBeChecked();
  expect(await kept(page)).toContain('emojis-');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Sair' }).click();
  await expect(page).toHaveURL(/\/entrar$/);
  expect(await kept(page)).not.toContain('emojis-');

  await login(page, await inbox.addUser('Bruno Braga', 'admin'));
  await alive(page, () => page.goto(address));
  shown = await openPicker(page);
  await expect(shown.getByRole('group', { name: 'Recentes' })).toHaveCount(0);
});

test('the picker is that of one conversation', async ({ page, inbox, emulator }) => {
  const [phone] = await converse(page, inbox, emulator);
  const other = await emulator.phone('Bia Reis');
  await other.send(phone, 'Bom dia');
  await openPicker(page);
  await chat(page, 'Bia Reis').click();
  await expect(log(page)).toContainText('Bom dia');
  await expect(picker(page)).toHaveCount(0);
});

test('a caption and a reaction take any emoji', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const files = await attach(page, documentOf(1_000, 'nota.bin'));
  const caption = files.getByRole('textbox', { name: 'Legenda' });
  await caption.fill('Segue ');
  const shown = await openPicker(page, files.getByRole('button', { name: 'Emojis', exact: true }));
  await search(shown, 'clipe');
  await shown.getByRole('button', { name: 'clipe de papel', exact: true }).click();
  await expect(caption).toHaveValue('Segue 📎');
  await page.keyboard.press('Escape');
  await expect(picker(page)).toHaveCount(0);
  await expect(files).toBeVisible();
  await sendChosen(page);
  const [arrived] = await filesOn(customer, phone, 1);
  expect(arrived).toMatchObject({ caption: 'Segue 📎' });

  const said = bubble(page, 'Oi');
  await said.hover();
  await said.getByRole('button', { name: 'Mais ações' }).click();
  await page.getByRole('button', { name: 'Outra reação' }).click();
  const reactions = page.getByRole('dialog', { name: 'Reagir' });
  const field = await search(reactions, 'abacaxi');
  await field.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(reactions).toHaveCount(0);
  await expect(said.getByRole('button', { name: /^🍍.*quem reagiu$/ })).toBeVisible();
});

test('without its script the button says so', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  await page.route('**/atendente/inbox-pirata/emojis', (route) => route.abort());
  await page.getByRole('button', { name: 'Emojis', exact: true }).click();
  await expect(page.locator('.composer').getByRole('alert').filter({ visible: true })).toBeVisible();
  await page.unroute('**/atendente/inbox-pirata/emojis');
  await openPicker(page);
  await expect(page.locator('.not-loaded')).toHaveCount(0);
});

test('the picker is accessible, and has its place on any screen', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    const shown = await openPicker(page);
    const box = (await shown.boundingBox())!;
    if (width === 390) {
      // A sheet below the composer, from edge to edge.
      expect([box.x, box.width, Math.round(box.y + box.height)]).toEqual([0, width, 844]);
      await expect(composer(page)).toBeInViewport();
    } else {
      expect(box.y).toBeGreaterThanOrEqual(0);
      expect(box.y + box.height).toBeLessThanOrEqual((await composer(page).boundingBox())!.y);
    }
    // One group of emojis is as good as all: the check takes its time for each.
    await search(shown, 'gato');
    await expect(shown.getByRole('button', { name: 'rosto risonho', exact: true })).toBeHidden();
    await expectAccessible(page, `the picker, ${width} pixels wide`);
    await page.keyboard.press('Escape');
    await expect(shown).toBeHidden();
  }
});
