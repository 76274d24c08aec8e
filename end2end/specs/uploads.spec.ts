import type { Page } from '@playwright/test';

import { PIECE, Uploads, attach, filesOn, sendChosen } from '../support/attach.ts';
import type { Phone } from '../support/emulator.ts';
import { type Chosen, documentOf, sha256 } from '../support/files.ts';
import type { Inbox, User } from '../support/inbox.ts';
import { INBOX, alive, bubble, chat, connect, expectTicks, login, openChat, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

/** The time after which an upload that stands still is lost (`browser/later/uploads/uploads.js`), in ms. */
const STILL = 8_000;

/** A file that takes two requests, the first of which has four fifths of it. */
function plan(): Chosen {
  return documentOf((PIECE / 4) * 5, 'planta.bin');
}

/** Links a number to a new user and opens a conversation with a customer. */
async function conversation(page: Page, inbox: Inbox, phone: Phone, customer: Phone): Promise<User> {
  const ana = await inbox.addUser('Ana Alves');
  await login(page, ana);
  await connect(page, phone);
  await customer.send(phone, 'Oi');
  await openChat(page, 'Carla Dias');
  return ana;
}

/** Sends a file whose second request is held, and waits for that request. */
async function sendHalf(page: Page, file: Chosen): Promise<Uploads> {
  const uploads = await Uploads.hold(page, 1);
  await attach(page, file);
  await sendChosen(page);
  await uploads.untilHeld();
  return uploads;
}

/** Checks that the file has arrived once, and that the server keeps it too. */
async function expectWhole(page: Page, customer: Phone, phone: Phone, file: Chosen): Promise<void> {
  const [arrived] = await filesOn(customer, phone, 1);
  expect(arrived).toMatchObject({ kind: 'document', name: file.name, size: file.buffer.length, sha256: sha256(file.buffer) });
  const link = bubble(page, file.name).getByRole('link', { name: file.name });
  await expect(link).toHaveAttribute('href', /^\/midia\/\d+$/);
  await expectTicks(page, 'Entregue');
  expect(sha256(await (await page.request.get((await link.getAttribute('href'))!)).body())).toBe(sha256(file.buffer));
}

test('the bubble is there before the file, for everybody who reads, and texts overtake it', async ({ page, browserOf, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  const ana = await conversation(page, inbox, phone, customer);
  const admin = await browserOf(await inbox.addUser('Bruno Braga', 'admin'));
  const elsewhere = await browserOf(ana);
  for (const other of [admin, elsewhere]) await chat(other, 'Carla Dias').click();

  const uploads = await Uploads.hold(page, 0);
  const file = documentOf(300_000, 'planta.bin');
  const shown = await attach(page, file);
  await shown.getByRole('textbox', { name: 'Legenda' }).fill('a planta da casa');
  await sendChosen(page);
  await uploads.untilHeld();
  for (const reader of [page, admin, elsewhere]) {
    const sending = bubble(reader, 'a planta da casa');
    await expect(sending).toContainText('planta.bin');
    await expect(sending.getByRole('img', { name: 'Na fila' })).toBeVisible();
    await expect(chat(reader, 'Carla Dias')).toContainText('a planta da casa');
  }
  await expect(bubble(page, 'a planta da casa').getByRole('progressbar', { name: 'Enviando' })).toBeVisible();
  // Other browsers can only wait for it.
  for (const other of [admin, elsewhere]) {
    await expect(bubble(other, 'a planta da casa')).toContainText('Enviando…');
    await expect(other.getByRole('button', { name: 'Cancelar envio' })).toHaveCount(0);
  }

  await say(page, 'já vai');
  await customer.expectTexts(phone, ['Oi', 'já vai']);
  uploads.release();
  const arrived = await filesOn(customer, phone, 1);
  expect(arrived[0]).toMatchObject({ name: 'planta.bin', sha256: sha256(file.buffer), caption: 'a planta da casa' });
  for (const reader of [page, admin, elsewhere]) {
    await expect(bubble(reader, 'a planta da casa').getByRole('link', { name: 'planta.bin' })).toHaveAttribute('href', /^\/midia\/\d+$/);
    await expect(bubble(reader, 'a planta da casa')).not.toContainText('Enviando');
  }
});

test('another browser of the same user does not ask for a file that is being sent', async ({ page, browserOf, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  const ana = await conversation(page, inbox, phone, customer);
  const file = plan();
  const uploads = await sendHalf(page, file);
  const elsewhere = await browserOf(ana);
  // The server has more at the second look, and no more at the third.
  let looks = 0;
  await elsewhere.route('**/envios/*', (route) => {
    looks += 1;
    const headers = { 'upload-offset': String(Math.min(looks, 2) * 1_000), 'upload-length': String(file.buffer.length) };
    return route.fulfill({ status: 200, headers });
  });
  await elsewhere.clock.install();
  await alive(elsewhere, () => elsewhere.goto(new URL(page.url()).pathname));
  const again = elsewhere.getByRole('button', { name: 'Escolher o arquivo de novo' });
  await expect.poll(() => looks).toBe(1);
  await elsewhere.clock.fastForward(STILL);
  await expect.poll(() => looks).toBe(2);
  await expect(again).toHaveCount(0);
  await elsewhere.clock.fastForward(STILL);
  await expect(again).toBeVisible();
  expect(looks).toBe(3);
  uploads.release();
  await expectWhole(page, customer, phone, file);
});

test('the progress is shown, and a cancelled file never leaves', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await conversation(page, inbox, phone, customer);
  const uploads = await sendHalf(page, plan());
  const sending = bubble(page, 'planta.bin');
  await expect(sending).toContainText(/4,1( MB)? de 5,2 MB/);
  await expect(sending.getByRole('progressbar')).toHaveAttribute('aria-valuenow', '80');
  uploads.pass();
  await sending.getByRole('button', { name: 'Cancelar envio' }).click();
  await expect(sending.getByRole('alert')).toContainText('O envio foi cancelado.');
  await expect(sending.getByRole('progressbar')).toHaveCount(0);
  // Neither a reload nor the next message brings it back.
  await alive(page, () => page.reload());
  await expect(sending.getByRole('alert')).toContainText('O envio foi cancelado.');
  await say(page, 'deixa para lá');
  await customer.expectTexts(phone, ['Oi', 'deixa para lá']);
  await filesOn(customer, phone, 0);
});

test('an upload goes on where it was when the network is back', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await conversation(page, inbox, phone, customer);
  const file = plan();
  const uploads = await sendHalf(page, file);
  await page.context().setOffline(true);
  uploads.lose();
  await expect(bubble(page, file.name)).toContainText('A conexão caiu durante o envio.');
  await expect(bubble(page, file.name).getByRole('button', { name: /Continuar de 80.%/ })).toBeVisible();
  await page.context().setOffline(false);
  await expectWhole(page, customer, phone, file);
  expect(uploads.offsets.filter((offset) => offset === 0), 'nothing is sent again').toHaveLength(1);
});

test('a file that is sent without a network waits for it in the browser', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await conversation(page, inbox, phone, customer);
  const file = documentOf(300_000, 'planta.bin');
  await attach(page, file);
  await page.context().setOffline(true);
  await sendChosen(page);
  await expect(page.getByText('Sem conexão: os arquivos aparecem na conversa')).toBeVisible();
  await page.context().setOffline(false);
  await expectWhole(page, customer, phone, file);
});

test('files stay in order when the answer to the first one is lost', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await conversation(page, inbox, phone, customer);
  // A network that wants a login first answers in the server's place.
  await page.route('**/envios', (route) => route.fulfill({ contentType: 'text/html', body: '<p>Wi-Fi</p>' }), { times: 1 });
  await attach(page, [documentOf(300_000, 'um.bin'), documentOf(300_000, 'dois.bin')]);
  await sendChosen(page);
  const arrived = await filesOn(customer, phone, 2);
  expect(arrived.map(({ name }) => name)).toEqual(['um.bin', 'dois.bin']);
});

test('a file that a proxy refuses is given up, with words', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await conversation(page, inbox, phone, customer);
  await page.route('**/envios/*', (route) => {
    if (route.request().method() !== 'PATCH') return route.continue();
    return route.fulfill({ status: 413, contentType: 'text/html', body: '<h1>Request Entity Too Large</h1>' });
  });
  await attach(page, documentOf(300_000, 'planta.bin'));
  await sendChosen(page);
  await expect(page.getByText('Não foi possível enviar planta.bin: o servidor não o aceitou.')).toBeVisible();
  await expect(bubble(page, 'planta.bin').getByRole('alert')).toContainText('O envio foi cancelado.');
});

for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
  test(`an upload goes on where it was after ${signal} and a start of the server`, async ({ page, inbox, emulator }) => {
    const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
    await conversation(page, inbox, phone, customer);
    const file = plan();
    const uploads = await sendHalf(page, file);
    await inbox.stop(signal);
    uploads.lose();
    await expect(bubble(page, file.name)).toContainText('A conexão caiu durante o envio.');
    await inbox.startAgain();
    await expectWhole(page, customer, phone, file);
    expect(uploads.offsets.filter((offset) => offset === 0), 'nothing is sent again').toHaveLength(1);
  });
}

test('a file that the server has when it is killed is sent after its start, without a page', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await conversation(page, inbox, phone, customer);
  const file = documentOf(300_000, 'planta.bin');
  // WhatsApp takes longer than the server lives.
  await emulator.fault({ kind: 'upload-slow', delay_ms: 60_000 });
  const finished = page.waitForResponse((response) => response.request().method() === 'PATCH' && response.status() === 204);
  await attach(page, file);
  await sendChosen(page);
  await finished;
  const requests = async () => (await emulator.get<{ upload_requests: number }>('/stats')).upload_requests;
  await expect.poll(requests).toBe(1);
  const address = page.url();
  await page.goto('about:blank');
  await inbox.stop('SIGKILL');
  await inbox.startAgain();
  await filesOn(customer, phone, 1);
  await alive(page, () => page.goto(address));
  await expectWhole(page, customer, phone, file);
});

test('a reload in the middle loses nothing, and neither does a closed tab', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await conversation(page, inbox, phone, customer);
  const file = plan();
  const uploads = await sendHalf(page, file);
  uploads.pass();
  await alive(page, () => page.reload());
  await expectWhole(page, customer, phone, file);
  expect(uploads.offsets).toEqual([0, PIECE, PIECE]);
});

test('of two tabs one sends, and the other takes over when it is closed', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await conversation(page, inbox, phone, customer);
  const other = await page.context().newPage();
  await alive(other, () => other.goto(INBOX));
  await openChat(other, 'Carla Dias');
  // The browser may let the held request go when it closes the first tab, but not the one after it.
  const file = documentOf((PIECE / 2) * 5, 'planta.bin');
  const uploads = await sendHalf(page, file);
  await expect(bubble(other, file.name)).toContainText('Enviando');
  expect(uploads.offsets).toEqual([0, PIECE]);
  uploads.pass();
  // Either tab may have begun.
  await uploads.sender.close();
  await expectWhole(uploads.sender === page ? other : page, customer, phone, file);
  expect(uploads.offsets.filter((offset) => offset === 0), 'it goes on where the other was').toHaveLength(1);
});

test('who may not write any more is told that the file does not go', async ({ page, browserOf, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  const owner = await browserOf(await inbox.addUser('Bruno Braga'));
  await connect(owner, phone);
  await customer.send(phone, 'Oi');
  await openChat(owner, 'Carla Dias');
  await login(page, await inbox.addUser('Ana Alves', 'admin'));
  await openChat(page, 'Carla Dias');
  const uploads = await sendHalf(page, plan());
  await owner.getByRole('button', { name: 'Conversa privada' }).click();
  await expect(chat(page, 'Carla Dias')).toHaveCount(0);
  uploads.release();
  const told = page.getByRole('alert').filter({ hasText: 'Não foi possível enviar planta.bin' });
  await expect(told).toContainText('você não pode mais escrever nesta conversa.');
});

test('a file that the browser has lost is chosen again, and no other one is taken for it', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await conversation(page, inbox, phone, customer);
  const file = plan();
  const uploads = await sendHalf(page, file);
  const address = page.url();
  uploads.pass();
  // As when somebody clears the data of the site. This address has no scripts.
  await page.goto('/healthz');
  await page.evaluate(async () => {
    for (const { name } of await indexedDB.databases()) {
      await new Promise((resolve, reject) => {
        const request = indexedDB.deleteDatabase(name!);
        request.onsuccess = resolve;
        request.onerror = reject;
      });
    }
  });
  await page.clock.install();
  const looked = page.waitForResponse('**/envios/*');
  await alive(page, () => page.goto(address));
  await looked;
  await page.clock.fastForward(STILL);
  const waiting = bubble(page, file.name);
  await expect(waiting).toContainText('Este navegador não tem o arquivo.');
  const choose = async (again: Chosen) => {
    const chooser = page.waitForEvent('filechooser');
    await waiting.getByRole('button', { name: 'Escolher o arquivo de novo' }).click();
    await (await chooser).setFiles(again);
  };
  await choose({ ...file, buffer: file.buffer.subarray(1) });
  await expect(waiting).toContainText('Este não é o mesmo arquivo. Escolha o de 5,2 MB.');
  await choose(file);
  await expectWhole(page, customer, phone, file);
  expect(uploads.offsets.at(-1)).toBe(PIECE);
});

test('what a browser has not sent is gone from it after the logout', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  const ana = await conversation(page, inbox, phone, customer);
  const uploads = await Uploads.hold(page, 0);
  await attach(page, documentOf(300_000, 'segredo.bin'));
  await sendChosen(page);
  await uploads.untilHeld();
  await page.getByRole('button', { name: 'Sair' }).click();
  await expect(page).toHaveURL(/\/entrar$/);
  const kept = await page.evaluate(async () => {
    const sizes: number[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        const request = indexedDB.open(name!);
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
      for (const store of database.objectStoreNames) {
        const request = database.transaction(store).objectStore(store).count();
        await new Promise((resolve) => (request.onsuccess = resolve));
        sizes.push(request.result);
      }
      database.close();
    }
    return sizes.filter((size) => size > 0);
  });
  expect(kept, 'files that are left in the browser').toEqual([]);

  uploads.pass();
  await login(page, ana);
  await openChat(page, 'Carla Dias');
  await expect(bubble(page, 'segredo.bin').getByRole('alert')).toContainText('O envio foi cancelado.');
  await say(page, 'não foi');
  await customer.expectTexts(phone, ['Oi', 'não foi']);
  await filesOn(customer, phone, 0);
});

test('a file that WhatsApp takes slowly, or refuses for a moment, arrives in the end', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await conversation(page, inbox, phone, customer);
  await emulator.fault({ kind: 'upload-broken' });
  const file = documentOf(300_000, 'planta.bin');
  await attach(page, file);
  await sendChosen(page);
  await expectWhole(page, customer, phone, file);
});

test('a file sent twice is one upload, and two messages', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await conversation(page, inbox, phone, customer);
  const file = documentOf(300_000, 'tabela.bin');
  for (const count of [1, 2]) {
    await attach(page, file);
    await sendChosen(page);
    const arrived = await filesOn(customer, phone, count);
    expect(arrived.at(-1)).toMatchObject({ name: 'tabela.bin', sha256: sha256(file.buffer) });
    expect(new Set(arrived.map(({ id }) => id)).size).toBe(count);
    await expectTicks(page, 'Entregue');
  }
  expect(await emulator.get<{ uploads: number }>('/stats')).toMatchObject({ uploads: 1 });
});
