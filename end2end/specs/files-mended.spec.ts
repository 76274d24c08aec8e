import { Uploads, attach, dialog, filesOn, sendChosen, thumbs } from '../support/attach.ts';
import { allow, colleagues } from '../support/colleagues.ts';
import { documentOf, pdf, photo, sha256, square } from '../support/files.ts';
import { alive, bubble, converse, log } from '../support/page.ts';
import { expect, test } from '../support/test.ts';
import { bar, record } from '../support/voice.ts';

const nota = () => ({ name: 'nota.pdf', mimeType: 'application/pdf', buffer: pdf('Nota') });

test('whoever may write can cancel a file that a colleague left half sent', async ({ page, browserOf, inbox, emulator }) => {
  const [bruno] = await colleagues(page, browserOf, inbox, emulator);
  const uploads = await Uploads.hold(bruno, 0);
  await attach(bruno, documentOf(300_000, 'planta.bin'));
  await sendChosen(bruno);
  await uploads.untilHeld();
  const sending = bubble(page, 'planta.bin');
  await expect(sending).toContainText('Enviando…');
  await sending.hover();
  const cancel = sending.getByRole('button', { name: 'Cancelar envio' });
  await expect(cancel).toBeVisible();
  const questions: string[] = [];
  page.on('dialog', async (question) => {
    questions.push(question.message());
    await question.accept();
  });
  await cancel.click();
  for (const reader of [page, bruno]) await expect(bubble(reader, 'planta.bin').getByRole('alert')).toContainText('O envio foi cancelado.');
  expect(questions).toHaveLength(1);
  await expect(cancel).toHaveCount(0);
  uploads.lose();
});

test('a file ends when its author may only read, for everybody', async ({ page, browserOf, inbox, emulator }) => {
  const [bruno, phone, customer] = await colleagues(page, browserOf, inbox, emulator);
  const uploads = await Uploads.hold(bruno, 0);
  await attach(bruno, documentOf(300_000, 'planta.bin'));
  await sendChosen(bruno);
  await uploads.untilHeld();
  await expect(bubble(page, 'planta.bin')).toContainText('Enviando…');
  await allow(page, 'read');
  await expect(bubble(page, 'planta.bin').getByRole('alert')).toContainText('O envio foi cancelado.');
  await expect(bubble(page, 'planta.bin')).not.toContainText('Enviando…');
  await allow(page, 'write');
  uploads.release();
  await alive(bruno, () => bruno.reload());
  await expect(bubble(bruno, 'planta.bin').getByRole('alert')).toContainText('O envio foi cancelado.');
  await filesOn(customer, phone, 0);
});

test('the dialog says at once that nothing can be sent any more', async ({ page, browserOf, inbox, emulator }) => {
  const [bruno, phone, customer] = await colleagues(page, browserOf, inbox, emulator);
  const shown = await attach(bruno, nota());
  const send = shown.getByRole('button', { name: 'Enviar', exact: true });
  await expect(send).toBeEnabled();
  await allow(page, 'read');
  await expect(shown.getByRole('alert').filter({ hasText: 'Você não pode mais escrever nesta conversa' })).toBeVisible();
  await expect(send).toBeDisabled();
  await allow(page, 'write');
  await expect(shown.getByText('Você não pode mais escrever')).toHaveCount(0);
  await sendChosen(bruno);
  await filesOn(customer, phone, 1);
});

test('a recording says why it stopped when the right to write is lost', async ({ page, browserOf, inbox, emulator }) => {
  const [bruno] = await colleagues(page, browserOf, inbox, emulator);
  await record(bruno);
  await allow(page, 'read');
  const problem = bar(bruno).getByRole('alert');
  await expect(problem).toHaveText('A gravação parou, porque você não pode mais escrever nesta conversa.');
  await bar(bruno).getByRole('button', { name: 'Enviar áudio' }).click();
  const told = bruno.getByRole('alert').filter({ hasText: 'Não foi possível enviar Mensagem de voz' });
  await expect(told).toContainText('você não pode mais escrever nesta conversa.');
});

test('a page that is closed with chosen files asks first', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  await attach(page, nota());
  const question = page.waitForEvent('dialog');
  const left = page.close({ runBeforeUnload: true });
  expect((await question).type()).toBe('beforeunload');
  await (await question).dismiss();
  await left;
  await expect(thumbs(page)).toHaveCount(1);
  await dialog(page).getByRole('button', { name: 'Fechar', exact: true }).click();
  // Without files there is nothing to lose.
  const questions: string[] = [];
  page.on('dialog', async (asked) => {
    questions.push(asked.type());
    await asked.accept();
  });
  await alive(page, () => page.reload());
  expect(questions).toEqual([]);
});

test('what is small already is sent as it is, unless it says where it was taken', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const drawn = await browser.newPage({ viewport: { width: 500, height: 400 } });
  await drawn.setContent('<body style="background:repeating-linear-gradient(31deg,#246,#8ab 3px,#fa3 7px)">');
  // Copies of these are larger, in bytes.
  const coarse = { name: 'grossa.jpg', mimeType: 'image/jpeg', buffer: await drawn.screenshot({ type: 'jpeg', quality: 5 }) };
  await drawn.close();
  const plain = { name: 'tela.png', mimeType: 'image/png', buffer: square(400, [12, 120, 90]) };
  for (const [nth, picture] of [coarse, plain].entries()) {
    await attach(page, picture);
    await sendChosen(page);
    const arrived = (await filesOn(customer, phone, nth + 1)).at(-1)!;
    expect(arrived, picture.name).toMatchObject({ kind: 'image', mime: picture.mimeType, sha256: sha256(picture.buffer) });
  }

  // A photo of a camera is drawn anew, also if that makes it larger.
  const taken = await photo(browser, 'Aqui', { width: 60, height: 60 });
  const exif = Buffer.concat([Buffer.from([0xff, 0xe1, 0, 20]), Buffer.from('Exif\0\0'), Buffer.alloc(12)]);
  const camera = Buffer.concat([taken.subarray(0, 2), exif, taken.subarray(2)]);
  await attach(page, { name: 'camera.jpg', mimeType: 'image/jpeg', buffer: camera });
  await sendChosen(page);
  const arrived = (await filesOn(customer, phone, 3)).at(-1)!;
  expect(arrived.sha256).not.toBe(sha256(camera));
  const address = await log(page).getByRole('article').last().getByRole('img', { name: 'Foto' }).getAttribute('src');
  expect((await (await page.request.get(address!)).body()).includes('Exif')).toBe(false);
});

test('the bubble of a photo has its size from the beginning', async ({ page, browser, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  const uploads = await Uploads.hold(page, 0);
  await attach(page, { name: 'modelo.jpg', mimeType: 'image/jpeg', buffer: await photo(browser, 'Modelo', { width: 1200, height: 900 }) });
  await sendChosen(page);
  await uploads.untilHeld();
  const sending = log(page).locator('file-upload .picture img');
  await expect(sending).toBeVisible();
  const before = (await sending.boundingBox())!;
  uploads.release();
  const sent = log(page).getByRole('article').last().getByRole('img', { name: 'Foto' });
  await expect(sent).toBeVisible();
  const after = (await sent.boundingBox())!;
  expect(Math.abs(before.width - after.width)).toBeLessThanOrEqual(2);
  expect(Math.abs(before.height - after.height)).toBeLessThanOrEqual(2);
});

test.describe('on a phone that is held across', () => {
  test.use({ viewport: { width: 844, height: 390 }, hasTouch: true, isMobile: true });

  test('the caption, the tools and the button are there, and a finger hits what it takes out', async ({ page, browser, inbox, emulator }) => {
    await converse(page, inbox, emulator);
    const shown = await attach(page, [
      { name: 'modelo.jpg', mimeType: 'image/jpeg', buffer: await photo(browser, 'Modelo') },
      nota(),
    ]);
    const slide = shown.getByRole('group', { name: 'modelo.jpg' });
    const parts = [
      slide.getByRole('textbox', { name: 'Legenda' }),
      slide.getByRole('button', { name: 'Remover' }),
      slide.getByRole('img', { name: 'modelo.jpg' }),
      shown.getByRole('button', { name: 'Enviar', exact: true }),
      shown.getByRole('button', { name: 'Fechar', exact: true }),
    ];
    for (const part of parts) await expect(part).toBeInViewport({ ratio: 1 });
    const cross = (await thumbs(page).first().locator('.cross').boundingBox())!;
    expect(Math.min(cross.width, cross.height)).toBeGreaterThanOrEqual(32);
    await thumbs(page).first().locator('.cross').tap();
    await expect(thumbs(page)).toHaveCount(1);
  });
});
