import { writeFile } from 'node:fs/promises';

import type { Page } from '@playwright/test';

import { attach, dialog, filesOn, sendChosen, thumbs, turnTo } from '../support/attach.ts';
import { type Chosen, documentOf, foreignVideo, heic, pdf, photo, sha256, square, tone, video } from '../support/files.ts';
import { bubble, chat, connect, converse, expectTicks, log, login, openChat, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

/** The files as the browser has them when they are dragged or pasted. */
function carried(page: Page, files: Chosen[]) {
  const content = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, base64: buffer.toString('base64') }));
  return page.evaluateHandle((content) => {
    const transfer = new DataTransfer();
    for (const { name, mimeType, base64 } of content) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      transfer.items.add(new File([bytes], name, { type: mimeType }));
    }
    return transfer;
  }, content);
}

/** Drags files over the conversation and drops them where it says `words`. */
async function drop(page: Page, files: Chosen[], words: string): Promise<void> {
  const dataTransfer = await carried(page, files);
  await log(page).dispatchEvent('dragenter', { dataTransfer });
  const target = page.getByText(words);
  await expect(target).toBeVisible();
  for (const event of ['dragenter', 'dragover', 'drop']) await target.dispatchEvent(event, { dataTransfer });
  await expect(dialog(page)).toBeVisible();
}

/** Pastes files into the composer. */
async function paste(page: Page, files: Chosen[]): Promise<void> {
  const composer = page.getByRole('textbox', { name: 'Mensagem' });
  const transfer = await carried(page, files);
  await composer.focus();
  await composer.evaluate((field, clipboardData) => {
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, transfer);
  await expect(dialog(page)).toBeVisible();
}

test('a photo leaves reduced with its caption, and everybody who reads sees it', async ({ page, browser, browserOf, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const admin = await browserOf(await inbox.addUser('Bruno Braga', 'admin'));
  const stranger = await browserOf(await inbox.addUser('Caio Campos'));
  await customer.send(phone, 'Me manda uma foto?');
  await openChat(page, 'Carla Dias');
  await chat(admin, 'Carla Dias').click();
  const large = await photo(browser, 'Modelo azul', { width: 2400, height: 1800 });

  const shown = await attach(page, { name: 'modelo.jpg', mimeType: 'image/jpeg', buffer: large });
  await shown.getByRole('textbox', { name: 'Legenda' }).fill('Chegou *hoje*');
  await sendChosen(page);

  const [arrived] = await filesOn(customer, phone, 1);
  expect(arrived).toMatchObject({ from: phone.number, kind: 'image', mime: 'image/jpeg', caption: 'Chegou *hoje*' });
  expect(arrived!.media).toMatchObject({ width: 1600, height: 1200 });
  expect(arrived!.media!.thumbnail, 'bytes of its preview').toBeGreaterThan(0);
  expect(arrived!.size, 'bytes of the reduced photo').toBeLessThan(large.length);
  await expectTicks(page, 'Entregue');

  // Both sides have the same file, and the page shows it.
  const image = bubble(page, 'Chegou hoje').getByRole('img', { name: 'Foto' });
  for (const shown of [image, bubble(admin, 'Chegou hoje').getByRole('img', { name: 'Foto' })]) {
    await expect.poll(() => shown.evaluate((img: HTMLImageElement) => [img.naturalWidth, img.naturalHeight])).toEqual([1600, 1200]);
  }
  const address = (await image.getAttribute('src'))!;
  expect(sha256(await (await page.request.get(address)).body())).toBe(arrived!.sha256);
  await expect(chat(page, 'Carla Dias')).toContainText('Chegou hoje');
  expect((await fetch(inbox.url + address)).status).toBe(401);
  expect((await stranger.request.get(address)).status()).toBe(404);
  await emulator.expectNothingUnanswered();
});

test('several files leave in the chosen order, each with its caption, and one that is taken out does not', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const picture = await photo(browser, 'Frente', { width: 400, height: 300 });
  const files = [
    { name: 'frente.jpg', mimeType: 'image/jpeg', buffer: picture },
    { name: 'engano.pdf', mimeType: 'application/pdf', buffer: pdf('Engano') },
    { name: 'filme.mp4', mimeType: 'video/mp4', buffer: video() },
    { name: 'nota.pdf', mimeType: 'application/pdf', buffer: pdf('Nota fiscal') },
  ];
  await attach(page, files);
  await expect(thumbs(page)).toHaveCount(4);

  await (await turnTo(page, 'engano.pdf')).getByRole('button', { name: 'Remover' }).click();
  await expect(thumbs(page)).toHaveCount(3);
  const note = await turnTo(page, 'nota.pdf');
  await note.getByRole('textbox', { name: 'Legenda' }).fill('a nota');
  await note.getByRole('button', { name: 'Mover para a esquerda' }).click();
  await note.getByRole('button', { name: 'Mover para a esquerda' }).click();
  await expect(note.getByRole('button', { name: 'Mover para a esquerda' })).toBeDisabled();
  await expect(thumbs(page).first().getByRole('button', { name: 'nota.pdf' })).toBeVisible();
  await (await turnTo(page, 'filme.mp4')).getByRole('textbox', { name: 'Legenda' }).fill('o filme');
  // A typed caption stays with its file.
  await expect((await turnTo(page, 'nota.pdf')).getByRole('textbox', { name: 'Legenda' })).toHaveValue('a nota');
  const front = await turnTo(page, 'frente.jpg');
  await front.getByLabel('Enviar como documento').check();
  await sendChosen(page);

  const arrived = await filesOn(customer, phone, 3);
  expect(arrived.map(({ kind, name, caption, sha256 }) => ({ kind, name, caption: caption ?? '', sha256 }))).toEqual([
    { kind: 'document', name: 'nota.pdf', caption: 'a nota', sha256: sha256(files[3]!.buffer) },
    { kind: 'document', name: 'frente.jpg', caption: '', sha256: sha256(picture) },
    { kind: 'video', name: undefined, caption: 'o filme', sha256: sha256(files[2]!.buffer) },
  ]);
  expect(arrived[2]!.media).toMatchObject({ mime: 'video/mp4', seconds: 2, width: 48, height: 48, sidecar: 10 });
  expect(arrived[0]!.media!.page_count).toBe(1);
  await expect(log(page).getByRole('link', { name: 'nota.pdf' })).toHaveAttribute('href', /^\/midia\//);
  await expect(log(page).getByRole('link', { name: 'nota.pdf' })).toContainText('1 página · ');
  const player = bubble(page, 'o filme').locator('video');
  await expect.poll(() => player.evaluate((player: HTMLVideoElement) => player.duration)).toBe(2);
});

test('a photo in its original quality arrives byte for byte', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const large = await photo(browser, 'Modelo azul', { width: 2400, height: 1800 });
  const shown = await attach(page, { name: 'modelo.jpg', mimeType: 'image/jpeg', buffer: large });
  await expect(shown.getByText(/reduzidas.*originais/)).toBeVisible();
  await shown.getByRole('switch', { name: 'Qualidade original' }).check();
  await sendChosen(page);
  const [arrived] = await filesOn(customer, phone, 1);
  expect(arrived).toMatchObject({ kind: 'image', sha256: sha256(large) });
});

test('files are dropped as photos or as documents, pasted, and added to those that are chosen', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const picture = { name: 'lado.jpg', mimeType: 'image/jpeg', buffer: await photo(browser, 'Lado', { width: 300, height: 200 }) };

  await drop(page, [picture], 'Ou aqui, como documentos');
  await expect((await turnTo(page, 'lado.jpg')).getByLabel('Enviar como documento')).toBeChecked();
  await sendChosen(page);
  await drop(page, [picture], 'Solte aqui para mandar como fotos e vídeos');
  await sendChosen(page);
  // A picture of the screen, as it is pasted.
  await paste(page, [{ name: 'image.png', mimeType: 'image/png', buffer: square(64, [200, 40, 40]) }]);
  const chooser = page.waitForEvent('filechooser');
  await dialog(page).getByRole('button', { name: 'Adicionar arquivos' }).click();
  await (await chooser).setFiles({ name: 'nota.pdf', mimeType: 'application/pdf', buffer: pdf('Nota') });
  await expect(thumbs(page)).toHaveCount(2);
  await sendChosen(page);

  const arrived = await filesOn(customer, phone, 4);
  expect(arrived.map(({ kind }) => kind)).toEqual(['document', 'image', 'image', 'document']);
  expect(arrived[0]).toMatchObject({ name: 'lado.jpg', sha256: sha256(picture.buffer) });
});

test('a file that phones do not show leaves as a document, and the dialog says why', async ({ page, inbox, emulator }, info) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  // The browser finds the type of a file on the disk by its name.
  const files: [string, Buffer, RegExp][] = [
    ['iphone.heic', heic(), /porque celulares Android não mostram fotos HEIC/],
    ['novo.mp4', foreignVideo(), /porque os celulares não tocam vídeos deste formato/],
    ['segredo', Buffer.from('sem tipo'), /porque o arquivo não diz de que tipo é/],
    ['logo.svg', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), /porque os celulares não mostram este formato/],
    ['tom.wav', tone(1), /porque os celulares não tocam áudios deste formato/],
  ];
  await Promise.all(files.map(([name, bytes]) => writeFile(info.outputPath(name), bytes)));
  await attach(page, files.map(([name]) => info.outputPath(name)));
  for (const [name, , why] of files) await expect(await turnTo(page, name)).toContainText(why);
  await sendChosen(page);
  const arrived = await filesOn(customer, phone, files.length);
  expect(arrived.map(({ kind, name, sha256 }) => ({ kind, name, sha256 }))).toEqual(
    files.map(([name, bytes]) => ({ kind: 'document', name, sha256: sha256(bytes) })),
  );
});

test('an empty file, one that is too large and one too many are refused in words, before a byte is sent', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  let requests = 0;
  page.on('request', (request) => (requests += Number(new URL(request.url()).pathname.startsWith('/envios'))));

  const shown = await attach(page, { name: 'vazio.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(0) });
  await expect(shown.getByRole('alert')).toContainText('vazio.pdf está vazio');
  await expect(thumbs(page)).toHaveCount(0);
  await expect(shown.getByRole('button', { name: 'Enviar', exact: true })).toBeDisabled();

  // It consists of many references to the same 16 MiB.
  const huge = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    const part = new Blob([new Uint8Array(16 * 1024 * 1024)]);
    transfer.items.add(new File(Array.from({ length: 129 }, () => part), 'backup.zip', { type: 'application/zip' }));
    return transfer;
  });
  for (const event of ['dragenter', 'dragover', 'drop']) await shown.dispatchEvent(event, { dataTransfer: huge });
  await expect(shown.getByRole('alert')).toContainText(/backup\.zip tem 2,\d GB e ficou de fora/);
  await expect(thumbs(page)).toHaveCount(0);

  const many = Array.from({ length: 31 }, (_, nth) => documentOf(10, `${nth}.bin`));
  const chooser = page.waitForEvent('filechooser');
  await shown.getByRole('button', { name: 'Adicionar arquivos' }).click();
  await (await chooser).setFiles(many);
  await expect(shown.getByRole('alert')).toContainText('no máximo 30 arquivos por vez');
  await expect(thumbs(page)).toHaveCount(30);
  expect(requests).toBe(0);
});

test('a name with markup, another direction or a path stays a name', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const names = ['<img src=x onerror=alert(1)>.pdf', 'nota\u202Efdp.exe', `${'longo '.repeat(40)}.pdf`];
  let alerts = 0;
  page.on('dialog', async (shown) => {
    alerts += 1;
    await shown.dismiss();
  });
  await attach(page, names.map((name) => ({ name, mimeType: 'application/pdf', buffer: pdf('Nota') })));
  await expect(thumbs(page)).toHaveCount(names.length);
  await sendChosen(page);
  const arrived = await filesOn(customer, phone, names.length);
  for (const { name, sha256: found } of arrived) {
    expect(found).toBe(sha256(pdf('Nota')));
    expect(name, 'no character that changes the direction').not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
  }
  await expect(log(page).getByRole('link', { name: 'onerror' })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth), 'the page scrolls sideways').toBe(false);
  expect(alerts).toBe(0);
});

test('a file that lies about its type is sent as what it is', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const script = Buffer.from('<!doctype html><script>alert(1)</script>');
  await attach(page, { name: 'foto.jpg', mimeType: 'image/jpeg', buffer: script });
  await sendChosen(page);
  const [arrived] = await filesOn(customer, phone, 1);
  expect(arrived).toMatchObject({ kind: 'document', sha256: sha256(script) });
  // The page offers it to be downloaded, and never shows it.
  const link = log(page).getByRole('link', { name: 'foto' });
  await expect(link).toBeVisible();
  const answer = await page.request.get((await link.getAttribute('href'))!);
  expect(answer.headers()['content-type']).not.toContain('html');
  expect(answer.headers()['content-security-policy']).toContain("sandbox; default-src 'none'");
});

test('a file answers a message', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const question = await customer.send(phone, 'Tem a nota?');
  await openChat(page, 'Carla Dias');
  await bubble(page, 'Tem a nota?').hover();
  await bubble(page, 'Tem a nota?').getByRole('button', { name: 'Responder', exact: true }).click();
  const shown = await attach(page, { name: 'nota.pdf', mimeType: 'application/pdf', buffer: pdf('Nota') });
  await shown.getByRole('textbox', { name: 'Legenda' }).fill('aqui está');
  await sendChosen(page);
  const [arrived] = await filesOn(customer, phone, 1);
  expect(arrived).toMatchObject({ kind: 'document', caption: 'aqui está', quoted: question });
  // The answer is given: the next message is none.
  await say(page, 'mais alguma coisa?');
  const texts = await customer.until(phone, (messages) => messages.at(-1)?.text === 'mais alguma coisa?');
  expect(texts.at(-1)!.quoted).toBeNull();
});

test('a file goes to the conversation that it was chosen for, and the reply of another one stays', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  const other = await emulator.phone('Davi Dutra');
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const question = await other.send(phone, 'Qual é o preço?');
  await customer.send(phone, 'Tem a nota?');
  await openChat(page, 'Davi Dutra');
  await bubble(page, 'Qual é o preço?').hover();
  await bubble(page, 'Qual é o preço?').getByRole('button', { name: 'Responder', exact: true }).click();
  await openChat(page, 'Carla Dias');
  await bubble(page, 'Tem a nota?').hover();
  await bubble(page, 'Tem a nota?').getByRole('button', { name: 'Responder', exact: true }).click();
  const shown = await attach(page, { name: 'nota.pdf', mimeType: 'application/pdf', buffer: pdf('Nota') });
  await page.goBack();
  await expect(log(page)).toContainText('Qual é o preço?');
  await expect(shown.getByRole('heading')).toHaveText('1 arquivo para Carla Dias');
  await sendChosen(page);
  const [arrived] = await filesOn(customer, phone, 1);
  expect(arrived).toMatchObject({ kind: 'document', name: 'nota.pdf' });
  expect(arrived!.quoted).not.toBeNull();
  await say(page, 'dez reais');
  const texts = await other.until(phone, (messages) => messages.at(-1)?.text === 'dez reais');
  expect(texts.at(-1)!.quoted).toBe(question);
  // The other answer is given too.
  await openChat(page, 'Carla Dias');
  await say(page, 'mais alguma coisa?');
  const more = await customer.until(phone, (messages) => messages.at(-1)?.text === 'mais alguma coisa?');
  expect(more.at(-1)!.quoted).toBeNull();
});

test('text that was copied with a picture of it is pasted as text', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  const shown = await attach(page, { name: 'nota.pdf', mimeType: 'application/pdf', buffer: pdf('Nota') });
  const picture = { name: 'image.png', mimeType: 'image/png', buffer: square(64, [200, 40, 40]) };
  /** Returns true if the page took what was pasted. */
  const pasted = async (types: string[]) => {
    const transfer = await carried(page, [picture]);
    return shown.getByRole('textbox', { name: 'Legenda' }).first().evaluate(
      (field, { transfer, types }) => {
        for (const type of types) transfer.setData(type, 'image.png');
        const event = new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true });
        return !field.dispatchEvent(event);
      },
      { transfer, types },
    );
  };
  expect(await pasted(['text/plain', 'text/html']), 'from a table').toBe(false);
  await expect(thumbs(page)).toHaveCount(1);
  // Some systems give the name of a copied file as its text, and browsers the address of a picture as HTML.
  expect(await pasted(['text/plain']), 'from a folder').toBe(true);
  expect(await pasted(['text/html']), 'from a page').toBe(true);
  await expect(thumbs(page)).toHaveCount(3);
});

test('the keys pass a recording, which has no caption', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  const opus = Buffer.concat([Buffer.from('OggS'), Buffer.alloc(24), Buffer.from('OpusHead')]);
  const shown = await attach(page, [
    { name: 'um.pdf', mimeType: 'application/pdf', buffer: pdf('Um') },
    { name: 'fala.ogg', mimeType: 'audio/ogg', buffer: opus },
    { name: 'dois.pdf', mimeType: 'application/pdf', buffer: pdf('Dois') },
  ]);
  const caption = (name: string) => shown.getByRole('group', { name }).getByRole('textbox', { name: 'Legenda' });
  await expect(caption('fala.ogg')).toHaveCount(0);
  await caption('um.pdf').focus();
  await page.keyboard.press('PageDown');
  await expect(thumbs(page).getByRole('button', { name: 'fala.ogg' })).toBeFocused();
  await page.keyboard.press('PageDown');
  await expect(caption('dois.pdf')).toBeFocused();
});

test('without a network the button says so, and works once it is back', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  await page.context().setOffline(true);
  // The script of the dialog is not there yet.
  await page.getByRole('button', { name: 'Anexar' }).click();
  const note = page.locator('.composer').getByRole('alert');
  await expect(note).toContainText('Pode ser a conexão');
  await page.context().setOffline(false);
  await attach(page, { name: 'nota.pdf', mimeType: 'application/pdf', buffer: pdf('Nota') });
  await expect(note).toHaveCount(0);
  await sendChosen(page);
  const [arrived] = await filesOn(customer, phone, 1);
  expect(arrived).toMatchObject({ kind: 'document', name: 'nota.pdf' });
});

test('a file is sent without a mouse', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const opener = page.getByRole('button', { name: 'Anexar' });
  const choose = async () => {
    const chooser = page.waitForEvent('filechooser');
    await opener.press('Enter');
    await expect(page.getByRole('menuitem', { name: 'Fotos e vídeos' })).toBeFocused();
    await page.keyboard.press('Enter');
    await (await chooser).setFiles([
      { name: 'um.pdf', mimeType: 'application/pdf', buffer: pdf('Um') },
      { name: 'dois.pdf', mimeType: 'application/pdf', buffer: pdf('Dois') },
    ]);
    await expect(dialog(page)).toBeVisible();
  };
  await choose();
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toHaveCount(0);
  await expect(opener).toBeFocused();

  await choose();
  const caption = (name: string) => dialog(page).getByRole('group', { name }).getByRole('textbox', { name: 'Legenda' });
  await expect(caption('um.pdf')).toBeFocused();
  await page.keyboard.type('sem mouse');
  await page.keyboard.press('PageDown');
  await expect(caption('dois.pdf')).toBeFocused();
  await page.keyboard.press('PageUp');
  await expect(caption('um.pdf')).toBeFocused();
  // The focus stays in the dialog, and reaches its button.
  const send = dialog(page).getByRole('button', { name: 'Enviar', exact: true });
  const isReached = () => send.evaluate((button) => button === document.activeElement);
  for (let n = 0; n < 40 && !(await isReached()); n++) await page.keyboard.press('Tab');
  await expect(send).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toHaveCount(0);
  await expect(page.getByRole('textbox', { name: 'Mensagem' })).toBeFocused();
  const arrived = await filesOn(customer, phone, 2);
  expect(arrived.map(({ name, caption }) => [name, caption ?? ''])).toEqual([['um.pdf', 'sem mouse'], ['dois.pdf', '']]);
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });

  test('the camera is offered, and the dialog fits', async ({ page, browser, inbox, emulator }) => {
    const [phone, customer] = await converse(page, inbox, emulator);
    await attach(page, { name: 'nota.pdf', mimeType: 'application/pdf', buffer: pdf('Nota') });
    const chooser = page.waitForEvent('filechooser');
    await dialog(page).getByRole('button', { name: 'Câmera' }).tap();
    const camera = await chooser;
    expect(await camera.element().getAttribute('capture')).toBe('environment');
    const taken = await photo(browser, 'Agora', { width: 300, height: 400 });
    await camera.setFiles({ name: 'image.jpg', mimeType: 'image/jpeg', buffer: taken });
    await expect(thumbs(page)).toHaveCount(2);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    const box = await dialog(page).getByRole('button', { name: 'Enviar', exact: true }).boundingBox();
    expect(Math.round(box!.height), 'a target for a finger').toBeGreaterThanOrEqual(44);
    expect(Math.round(box!.y + box!.height)).toBeLessThanOrEqual(844);
    await sendChosen(page);
    const arrived = await filesOn(customer, phone, 2);
    expect(arrived.map(({ kind }) => kind)).toEqual(['document', 'image']);
  });
});
