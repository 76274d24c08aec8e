import { attach, filesOn, sendChosen } from '../support/attach.ts';
import { photo } from '../support/files.ts';
import { connect, converse, log, login, openChat } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('photos that are sent together are one grid, in which each stays a message', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const bytes = await photo(browser, 'Modelo', { width: 400, height: 300 });
  const picture = { kind: 'image', mime: 'image/jpeg', bytes, width: 400, height: 300 } as const;
  for (let nth = 0; nth < 6; nth += 1) await customer.sendMedia(phone, { ...picture, album: '3EB0A1B2C3D4E5F60718' });
  await customer.sendMedia(phone, picture);
  await openChat(page, 'Carla Dias');

  const tile = (place: string) => log(page).locator(`article[data-tile="${place}"]`);
  const check = async () => {
    await expect(tile('4')).toHaveAttribute('data-more', '+2');
    await expect(tile('rest')).toHaveCount(2);
    await expect(log(page).locator('article:not([data-tile])')).toHaveCount(1);
    const [one, two, three, four] = await Promise.all(['1', '2', '3', '4'].map((place) => tile(place).boundingBox()));
    expect([two!.y, four!.y]).toEqual([one!.y, three!.y]);
    expect([three!.x, four!.x]).toEqual([one!.x, two!.x]);
    expect(two!.x).toBeGreaterThan(one!.x + one!.width);
    expect(three!.y).toBeGreaterThan(one!.y + one!.height);
  };
  await check();
  await page.reload();
  await check();

  // A click on the last opens the gallery there. One that is deleted is no part of it any more.
  await tile('4').getByRole('img', { name: 'Foto' }).click();
  await expect(page.getByRole('dialog', { name: 'Galeria' }).getByRole('status')).toHaveText('4 de 7');
  await page.keyboard.press('Escape');
  const sent = (await customer.messages(phone)).filter(({ album }) => album);
  expect(sent).toHaveLength(6);
  await customer.revoke(phone, sent[5]!.id);
  await expect(tile('4')).toHaveAttribute('data-more', '+1');
});

test('photos that are chosen together reach the phone as an album, and a document among them does not', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const files = await Promise.all(
    ['a', 'b', 'c'].map(async (name) => ({ name: `${name}.jpg`, mimeType: 'image/jpeg', buffer: await photo(browser, name, { width: 300, height: 300 }) })),
  );
  await attach(page, [...files, { name: 'nota.txt', mimeType: 'text/plain', buffer: Buffer.from('nota') }]);
  await sendChosen(page);
  const arrived = await filesOn(customer, phone, 4);
  const all = await customer.messages(phone);
  const announced = all.filter(({ announces }) => announces);
  expect(announced.map(({ announces }) => announces)).toEqual([[3, 0]]);
  const album = announced[0]!.id;
  expect(arrived.map((message) => message.album)).toEqual([album, album, album, undefined]);
  await expect(log(page).locator('article[data-tile="wide"]')).toHaveCount(1);
  await emulator.expectNothingUnanswered();
});
