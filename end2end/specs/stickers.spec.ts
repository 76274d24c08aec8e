import { filesOn } from '../support/attach.ts';
import { pdf, photo, sha256 } from '../support/files.ts';
import { alive, bubble, chat, connect, converse, expectDrawn, expectTicks, login, openChat } from '../support/page.ts';
import { moving, openStickers, shownStickers, sticker, stickersIn } from '../support/stickers.ts';
import { expect, test } from '../support/test.ts';

test('a moving sticker moves without a bubble, and goes back from the panel as an answer', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator, 'Gostou?');
  const bytes = moving([await sticker(browser, '#c00'), await sticker(browser, '#080')]);
  await customer.sendMedia(phone, { kind: 'sticker', mime: 'image/webp', bytes, width: 512, height: 512, animated: true });
  const received = shownStickers(page).first();
  await expectDrawn(received, 512);
  const article = page.getByRole('article').filter({ has: page.getByRole('img', { name: 'Figurinha' }) });
  await expect(article.first()).toHaveCSS('background-color', 'rgba(0, 0, 0, 0)');
  const seen = async () => (await received.screenshot()).toString('base64');
  const still = await seen();
  await expect.poll(async () => (await seen()) === still).toBe(false);
  const served = await page.request.get((await received.getAttribute('src'))!);
  expect(sha256(await served.body()), 'with all of its frames').toBe(sha256(bytes));

  const question = bubble(page, 'Gostou?');
  await question.hover();
  await question.getByRole('button', { name: 'Responder', exact: true }).click();
  const panel = await openStickers(page);
  await expect(stickersIn(panel, 'Recentes')).toHaveCount(1);
  await stickersIn(panel, 'Recentes').click();
  const [arrived] = await filesOn(customer, phone, 1);
  expect(arrived).toMatchObject({ kind: 'sticker', mime: 'image/webp', sha256: sha256(bytes) });
  expect(arrived!.media).toMatchObject({ width: 512, height: 512, animated: true });
  expect(arrived!.quoted).not.toBeNull();
  await expectTicks(page, 'Entregue');
  await expect(shownStickers(page)).toHaveCount(2);
  // It is the same sticker.
  await page.keyboard.press('Escape');
  await expect(stickersIn(await openStickers(page), 'Recentes')).toHaveCount(1);
  await emulator.expectNothingUnanswered();
});

test('favourites are their users own, stay, and are removed', async ({ page, browser, browserOf, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const admin = await browserOf(await inbox.addUser('Bruno Braga', 'admin'));
  for (const color of ['#c00', '#080']) {
    await customer.sendMedia(phone, { kind: 'sticker', mime: 'image/webp', bytes: await sticker(browser, color), width: 512, height: 512 });
  }
  await openChat(page, 'Carla Dias');
  await expect(shownStickers(page)).toHaveCount(2);

  let panel = await openStickers(page);
  await expect(stickersIn(panel, 'Recentes')).toHaveCount(2);
  await expect(stickersIn(panel, 'Favoritas')).toHaveCount(0);
  const star = panel.getByRole('list', { name: 'Recentes' }).getByRole('button', { name: 'Adicionar às favoritas' });
  await star.last().click();
  await expect(stickersIn(panel, 'Favoritas')).toHaveCount(1);
  await expect(star).toHaveCount(1);
  await alive(page, () => page.reload());
  panel = await openStickers(page);
  await expect(stickersIn(panel, 'Favoritas')).toHaveCount(1);

  await chat(admin, 'Carla Dias').click();
  const theirs = await openStickers(admin);
  await expect(stickersIn(theirs, 'Recentes')).toHaveCount(2);
  await expect(stickersIn(theirs, 'Favoritas')).toHaveCount(0);

  // The first one that arrived is the favourite; its dialog knows it.
  await page.keyboard.press('Escape');
  await shownStickers(page).first().click();
  const dialog = page.getByRole('dialog', { name: 'Figurinha' });
  await dialog.getByRole('button', { name: 'Remover das favoritas' }).click();
  await expect(dialog.getByRole('button', { name: 'Adicionar às favoritas' })).toBeEnabled();
  await page.keyboard.press('Escape');
  await expect(dialog).toHaveCount(0);
  panel = await openStickers(page);
  await expect(stickersIn(panel, 'Favoritas')).toHaveCount(0);
});

test('a picture becomes a sticker, and what is no picture does not', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const panel = await openStickers(page);
  await expect(panel.getByText('Ainda não há figurinhas neste número.')).toBeVisible();
  const choose = async (name: string, mimeType: string, buffer: Buffer) => {
    const chooser = page.waitForEvent('filechooser');
    await panel.getByRole('button', { name: 'Criar a partir de uma imagem' }).click();
    await (await chooser).setFiles({ name, mimeType, buffer });
  };
  await choose('nota.png', 'image/png', pdf('Nota'));
  await expect(panel.getByRole('alert')).toContainText('não reconhece este arquivo como imagem');

  await choose('gato.jpg', 'image/jpeg', await photo(browser, 'Gato', { width: 900, height: 600 }));
  const made = panel.getByRole('group', { name: 'Nova figurinha' });
  await expectDrawn(made.getByRole('img', { name: 'Nova figurinha' }), 512);
  await expect(panel.getByRole('alert')).toBeHidden();
  await made.getByRole('button', { name: 'Enviar figurinha' }).click();
  const [arrived] = await filesOn(customer, phone, 1);
  expect(arrived).toMatchObject({ kind: 'sticker', mime: 'image/webp' });
  expect(arrived!.media).toMatchObject({ width: 512, height: 512 });
  expect(arrived!.media!.animated ?? false).toBe(false);
  expect(arrived!.size, 'bytes').toBeLessThanOrEqual(100_000);
  await expectDrawn(shownStickers(page).first(), 512);
  await expectTicks(page, 'Entregue');
  await emulator.expectNothingUnanswered();
});

test('what is no picture is not offered, and the keyboard still finds the others', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const sends = (bytes: Buffer) => customer.sendMedia(phone, { kind: 'sticker', mime: 'image/webp', bytes, width: 512, height: 512 });
  await sends(Buffer.from('<svg onload="alert(1)"/>'));
  await expect(page.locator('.media.broken')).toHaveCount(1);
  let panel = await openStickers(page);
  await expect(panel.getByText('Ainda não há figurinhas neste número.')).toBeVisible();
  await expect(panel.getByRole('list')).toHaveCount(0);
  await page.keyboard.press('Escape');

  await sends(await sticker(browser, '#c00'));
  await sends(Buffer.from('<svg onload="alert(2)"/>'));
  await expect(page.locator('.media.broken')).toHaveCount(2);
  panel = await openStickers(page);
  await expect(stickersIn(panel, 'Recentes')).toHaveCount(1);
  await panel.getByRole('button', { name: 'Criar a partir de uma imagem' }).focus();
  await page.keyboard.press('Tab');
  await expect(stickersIn(panel, 'Recentes')).toBeFocused();
});

test('the panel is used with the keyboard', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  for (const color of ['#c00', '#080', '#00c']) {
    await customer.sendMedia(phone, { kind: 'sticker', mime: 'image/webp', bytes: await sticker(browser, color), width: 512, height: 512 });
  }
  await expect(shownStickers(page)).toHaveCount(3);
  const picks = stickersIn(await openStickers(page), 'Recentes');
  await picks.first().focus();
  await page.keyboard.press('ArrowRight');
  await expect(picks.nth(1)).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Adicionar às favoritas' }).nth(1)).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  const [arrived] = await filesOn(customer, phone, 1);
  expect(arrived!.sha256).toBe(sha256(await sticker(browser, '#080')));
});
