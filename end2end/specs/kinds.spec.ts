import type { Browser, BrowserContext, Locator, Page } from '@playwright/test';

import type { Phone } from '../support/emulator.ts';
import { type Shown, expectSays, expectShown, wordsOf } from '../support/kinds/bubble.ts';
import { type Files, makeFiles } from '../support/kinds/files.ts';
import { HOSTILE_FIELDS, HOSTILE_STICKERS, LONG, MARKUP, READ } from '../support/kinds/hostile.ts';
import { INCOMING, type Incoming } from '../support/kinds/incoming.ts';
import { OUTGOING, expectArrived } from '../support/kinds/outgoing.ts';
import { alive, chat, converse, log } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

// Every kind of message both ways, in two tables (`support/kinds`): what phones send, as pages show it live, without
// scripts and after a reload; and what is sent from the browser, as the customer's phone has decrypted it.

const bubbles = (page: Page) => log(page).getByRole('article');

/** Opens the conversation of a customer who has written "Oi", and waits until that is there. */
async function greeted(...[page, inbox, emulator]: Parameters<typeof converse>): Promise<[Phone, Phone]> {
  const phones = await converse(page, inbox, emulator);
  await expect(bubbles(page)).toHaveCount(1);
  return phones;
}

/** What each bubble shows, by its place in the conversation. */
type Expected = [kind: string, nth: number, shown: Shown][];

/** Checks all bubbles on a page that the server rendered for a browser without scripts, and on the page after a reload. */
async function expectRendered(page: Page, browser: Browser, expected: Expected): Promise<void> {
  const context = await browser.newContext({ javaScriptEnabled: false, storageState: await page.context().storageState() });
  const plain = await context.newPage();
  await plain.goto(page.url());
  await alive(page, () => page.reload());
  for (const [name, reader] of [['plain', plain], ['live', page]] as const) {
    for (const [kind, nth, shown] of expected) {
      await test.step(`${kind}, ${name}`, () => expectShown(bubbles(reader).nth(nth), shown, name));
    }
  }
  await context.close();
}

/** Checks that nobody can answer a bubble, and that it is where notices of its sort are. */
async function expectNotice(page: Page, bubble: Locator, where: Incoming['notice']): Promise<void> {
  await bubble.hover();
  await expect(bubble.getByRole('button')).toHaveCount(0);
  const [inner, outer] = [(await bubble.boundingBox())!, (await log(page).boundingBox())!];
  const isInTheMiddle = Math.abs(inner.x + inner.width / 2 - (outer.x + outer.width / 2)) < 30;
  expect(isInTheMiddle).toBe(where === 'middle');
}

/** Sends one kind, and checks the bubble that it makes while the page is open. */
async function receive(page: Page, [shop, customer]: [Phone, Phone], files: Files, one: Incoming): Promise<number> {
  const nth = await bubbles(page).count();
  await one.send(customer, shop, files);
  await expect(bubbles(page)).toHaveCount(nth + 1);
  const bubble = bubbles(page).nth(nth);
  await expectShown(bubble, one, 'live');
  if (one.row) await expectSays(chat(page, 'Carla Dias'), [one.row]);
  if (one.notice) await expectNotice(page, bubble, one.notice);
  // Pictures are drawn, not merely requested.
  const drawn = () => bubble.locator('.picture img, header img').evaluateAll((all: HTMLImageElement[]) => all.every((one) => one.naturalWidth > 0));
  await expect.poll(drawn, { message: 'pictures are drawn' }).toBe(true);
  return nth;
}

test('every kind that phones send is shown, live, without scripts and after a reload', async ({ page, browser, inbox, emulator }) => {
  test.slow();
  const files = await makeFiles(browser);
  const phones = await greeted(page, inbox, emulator);
  const expected: Expected = [];
  for (const one of INCOMING) {
    await test.step(one.kind, async () => expected.push([one.kind, await receive(page, phones, files, one), one]));
  }
  await expectRendered(page, browser, expected);
  await emulator.expectNothingUnanswered();
});

test('every kind that the browser sends is on the phone, decrypted, and is shown here', async ({ page, browser, inbox, emulator }) => {
  test.slow();
  const files = await makeFiles(browser);
  const [shop, customer] = await greeted(page, inbox, emulator);
  const expected: Expected = [];
  for (const one of OUTGOING) {
    await test.step(one.kind, async () => {
      await one.send(page, files);
      await expectArrived(customer, shop, one.arrives(files));
      if (!one.shown) return;
      const nth = (await bubbles(page).count()) - 1;
      await expectShown(bubbles(page).nth(nth), one.shown, 'live');
      expected.push([one.kind, nth, one.shown]);
    });
  }
  await expect(log(page).getByRole('img', { name: /^(Na fila|Enviando|Não enviada)/ })).toHaveCount(0);
  await expectRendered(page, browser, expected);
  await emulator.expectNothingUnanswered();
});

/** Addresses that links of a conversation may have. */
const HARMLESS = /^(\/midia\/|\/mensagem\/\d+$|\/enquete\/|\/nova-conversa\?telefone=%2B\d+&numero=\d+$|https:\/\/www\.google\.com\/maps\?q=[-.,\d]+$|https:\/\/loja\.example\/azul$)/;

/** Checks that nothing of what strangers wrote has become a part of the page, and that the page has its width. */
async function expectHarmless(page: Page): Promise<void> {
  await expect(log(page).locator('script, iframe, svg[onload], img[src=x], [onerror]')).toHaveCount(0);
  const addresses = await log(page).locator('a[href]').evaluateAll((links) => links.map((link) => link.getAttribute('href')!));
  expect(addresses.filter((address) => !HARMLESS.test(address))).toEqual([]);
  const [inner, outer] = await log(page).evaluate((element) => [element.scrollWidth, element.clientWidth]);
  expect(inner!, 'width of what is written').toBeLessThanOrEqual(outer!);
}

/** Counts what runs in pages of this browser that should not: every hostile word would open a dialog. */
function watchDialogs(context: BrowserContext): string[] {
  const opened: string[] = [];
  context.on('dialog', (dialog) => {
    opened.push(dialog.message());
    void dialog.dismiss();
  });
  return opened;
}

test('what strangers write into any field is shown and harmless, and nothing is dropped', async ({ page, browser, inbox, emulator }) => {
  test.slow();
  const files = await makeFiles(browser);
  const dialogs = watchDialogs(page.context());
  const [shop, customer] = await greeted(page, inbox, emulator);
  const expected: Expected = [];
  for (const [attack, words, read] of [['markup', MARKUP, READ], ['10,000 characters', LONG, LONG]] as const) {
    for (const { field, send, shows = 120, says: more = [] } of HOSTILE_FIELDS) {
      await test.step(`${field}: ${attack}`, async () => {
        const nth = await bubbles(page).count();
        await send(customer, shop, words, files);
        await expect(bubbles(page)).toHaveCount(nth + 1);
        const says = [read.slice(0, shows).trimEnd(), ...(words === LONG ? [] : more)];
        await expectSays(bubbles(page).nth(nth), says);
        const { length } = await wordsOf(bubbles(page).nth(nth));
        expect(length, 'characters of the bubble').toBeLessThan(5_000);
        expected.push([`${field}: ${attack}`, nth, { says }]);
      });
    }
  }
  for (const { what, shown, ...file } of HOSTILE_STICKERS) {
    await test.step(`a sticker: ${what}`, async () => {
      const nth = await bubbles(page).count();
      await customer.sendMedia(shop, { kind: 'sticker', ...file });
      await expect(bubbles(page)).toHaveCount(nth + 1);
      await expectShown(bubbles(page).nth(nth), shown, 'live');
      expected.push([`a sticker: ${what}`, nth, shown]);
    });
  }
  // A reaction is one emoji: the first of many, and words are none.
  const said = await customer.send(shop, 'e agora?');
  await customer.react(shop, said, '👍'.repeat(60));
  await customer.react(shop, said, MARKUP);
  await customer.send(shop, 'Ainda está aí?');
  await expect(bubbles(page).last()).toContainText('Ainda está aí?');
  const reactions = log(page).getByRole('button', { name: /quem reagiu/ });
  await expect(reactions).toHaveCount(1);
  await expect(reactions).toHaveAccessibleName('👍 1: quem reagiu');
  await expectHarmless(page);
  await page.setViewportSize({ width: 390, height: 844 });
  await expectHarmless(page);
  await page.setViewportSize({ width: 1280, height: 800 });
  await expectRendered(page, browser, expected);
  await expectHarmless(page);
  expect(dialogs).toEqual([]);
});
