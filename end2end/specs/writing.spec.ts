import { readFileSync } from 'node:fs';

import type { Locator, Page } from '@playwright/test';

import { expectAccessible } from '../support/axe.ts';
import { bubble, chat, converse, log, openChat } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

/** Texts with their elements, by which `text::rich` is tested too. */
const TABLE = readFileSync(new URL('../../crates/text/tests/formatting.tsv', import.meta.url), 'utf8');

const composer = (page: Page) => page.getByRole('textbox', { name: 'Mensagem', exact: true });

const preview = (page: Page) => page.getByRole('group', { name: 'Prévia do texto' });

const names = (page: Page) => page.getByRole('listbox', { name: 'Emojis' });

/** Returns the content of an element as the table has it. */
function written(element: Locator): Promise<string> {
  return element.evaluate((element) => {
    const write = (node: Node): string => {
      if (!(node instanceof Element)) return node.textContent ?? '';
      const name = node.localName;
      return `<${name}>${[...node.childNodes].map(write).join('')}</${name}>`;
    };
    return [...element.childNodes].map(write).join('');
  });
}

test('the preview has the rules by which the server formats', async ({ page, inbox, emulator }) => {
  test.slow();
  await converse(page, inbox, emulator);
  const lines = TABLE.split('\n').filter((line) => line.includes('\t'));
  expect(lines.length).toBeGreaterThan(70);
  // A text that certainly has a preview shows that the script is there, and that it shows the next one.
  const shown = preview(page).locator('.text');
  for (const line of lines) {
    const [text, expected] = line.split('\t').map((cell) => cell.replaceAll('\\n', '\n'));
    await composer(page).fill('*antes*');
    await expect(shown).toHaveText('antes');
    await composer(page).fill(text!);
    // Links alone have none.
    if (!/<(?!a>|\/a>|https)[a-z]/.test(expected!)) await expect(preview(page), text).toHaveCount(0);
    else await expect.poll(() => written(shown), text).toBe(expected);
  }
});

test('many lines that are inserted at once are previewed once', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  await composer(page).fill('*antes*');
  const shown = preview(page).locator('.text');
  await expect(shown).toHaveText('antes');
  await shown.evaluate((text: HTMLElement) => {
    let drawn = 0;
    new MutationObserver((changes) => (text.dataset['drawn'] = String((drawn += changes.length)))).observe(text, { childList: true });
  });
  await composer(page).fill('- um\n'.repeat(100));
  await expect(shown.getByRole('listitem')).toHaveCount(100);
  expect(Number(await shown.getAttribute('data-drawn'))).toBeLessThan(10);
});

test('the preview follows what is typed, and is what arrives', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const other = await emulator.phone('Bia Reis');
  await other.send(phone, 'Bom dia');
  await composer(page).pressSequentially('Chega *hoj');
  await expect(preview(page)).toHaveCount(0);
  await composer(page).pressSequentially('e* <b>cedo</b>');
  await expect(preview(page).getByRole('strong')).toHaveText('hoje');
  await expect(preview(page)).toContainText('Chega hoje <b>cedo</b>');
  // A text of too many pieces is shown as it is.
  await composer(page).fill('*a* '.repeat(1_100));
  await expect(preview(page)).toHaveCount(0);
  await composer(page).fill('Chega *hoje* <b>cedo</b>');
  await expect(preview(page).getByRole('strong')).toHaveText('hoje');

  // Each conversation has its own, and a draft has it when its field is entered.
  await expect(composer(page)).toBeFocused();
  await chat(page, 'Bia Reis').click();
  await expect(log(page)).toContainText('Bom dia');
  await expect(preview(page)).toHaveCount(0);
  await openChat(page, 'Carla Dias');
  await expect(composer(page)).toHaveValue('Chega *hoje* <b>cedo</b>');
  await composer(page).focus();
  await expect(preview(page).getByRole('strong')).toHaveText('hoje');
  await composer(page).press('Enter');
  await expect(preview(page)).toHaveCount(0);
  await expect(bubble(page, 'Chega').getByRole('strong')).toHaveText('hoje');
  await customer.expectTexts(phone, ['Oi', 'Chega *hoje* <b>cedo</b>']);
});

test('a name after a colon becomes an emoji', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const field = composer(page);
  await field.pressSequentially('Parabéns :abacax');
  await expect(names(page).getByRole('option')).toHaveText(/abacaxi/);
  await field.press('Enter');
  await expect(field).toHaveValue('Parabéns 🍍');
  await expect(names(page)).toHaveCount(0);

  // The arrow keys choose, and the mouse does.
  await field.pressSequentially(' :gato');
  const options = names(page).getByRole('option');
  await expect(options.first()).toHaveAttribute('aria-selected', 'true');
  await field.press('ArrowDown');
  await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true');
  await expect(field).toHaveAttribute('aria-activedescendant', (await options.nth(1).getAttribute('id'))!);
  await field.press('ArrowUp');
  const drawn = (await options.first().innerText()).split('\n')[0]!;
  await options.first().click();
  await expect(field).toHaveValue(`Parabéns 🍍 ${drawn}`);
  await expect(field).toBeFocused();

  // Escape leaves the text as it is, until another name. Times and old faces have no list.
  await field.pressSequentially(' :gato');
  await expect(names(page)).toBeVisible();
  await field.press('Escape');
  await expect(names(page)).toHaveCount(0);
  await field.pressSequentially('s às 10:30 :D');
  await expect(names(page)).toHaveCount(0);
  await field.press('Enter');
  await customer.expectTexts(phone, ['Oi', `Parabéns 🍍 ${drawn} :gatos às 10:30 :D`]);
});

test('preview and names are accessible', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 844 });
    await composer(page).fill('');
    await composer(page).fill(`${'- *item*\n'.repeat(30)}> e _mais_ :gato`);
    await expect(preview(page)).toBeVisible();
    await composer(page).press('End');
    await composer(page).pressSequentially('s');
    await composer(page).press('Backspace');
    await expect(names(page)).toBeVisible();
    await expectAccessible(page, `preview and names, ${width} pixels wide`);
  }
});
