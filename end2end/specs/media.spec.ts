import { pdf, photo, tone } from '../support/files.ts';
import { badge, chat, connect, converse, expectBadge, expectDrawn, log, login, openChat } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('what customers send is seen, heard and downloaded, by who may read it and nobody else', async ({ page, browser, browserOf, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const picture = await photo(browser, 'Modelo azul');
  await customer.sendMedia(phone, { kind: 'image', mime: 'image/jpeg', bytes: picture, caption: 'Tem esse?', width: 800, height: 600 });
  await openChat(page, 'Carla Dias');

  // The picture is drawn, not merely requested.
  const image = log(page).getByRole('img', { name: 'Foto' });
  await expect(image).toBeVisible();
  await expectDrawn(image, 800);
  await expect(log(page).getByText('Tem esse?')).toBeVisible();

  await customer.sendMedia(phone, { kind: 'voice', mime: 'audio/wav', bytes: tone(2), seconds: 2 });
  const audio = log(page).locator('audio');
  await expect.poll(() => audio.evaluate((player: HTMLAudioElement) => player.duration)).toBeCloseTo(2, 0);

  await customer.sendMedia(phone, { kind: 'document', mime: 'application/zip', bytes: Buffer.from('PK'), file_name: 'orçamento.zip' });
  const file = log(page).getByRole('link', { name: 'orçamento.zip' });
  await expect(file).toContainText('2 B');
  await customer.sendMedia(phone, { kind: 'document', mime: 'application/pdf', bytes: pdf('Contrato'), file_name: 'contrato.pdf', page_count: 12 });
  await expect(log(page).getByRole('link', { name: 'contrato.pdf' })).toContainText(/12 páginas · \d+ B/);
  const download = page.waitForEvent('download');
  await file.click();
  expect((await download).suggestedFilename()).toBe('orçamento.zip');

  // A PDF is downloaded too.
  await customer.sendMedia(phone, { kind: 'document', mime: 'application/pdf', bytes: Buffer.from('%PDF-1.4'), file_name: 'nota.pdf' });
  const note = page.waitForEvent('download');
  await log(page).getByRole('link', { name: 'nota.pdf' }).click();
  expect((await note).suggestedFilename()).toBe('nota.pdf');

  // By itself a file is opened in a sandbox.
  const address = (await image.getAttribute('src'))!;
  const alone = await page.context().newPage();
  const answer = await alone.goto(address);
  expect(answer?.headers()['content-security-policy']).toContain("sandbox; default-src 'none'");
  await alone.close();

  // The address alone does not give access.
  expect((await page.request.get(address)).status()).toBe(200);
  expect((await fetch(inbox.url + address)).status).toBe(401);
  const stranger = await browserOf(await inbox.addUser('Bruno Braga'));
  expect((await stranger.request.get(address)).status()).toBe(404);

  // It is still there after a reload.
  await page.reload();
  await expectDrawn(image, 800);
});

test('a file that does not come at once says so, comes by itself, and has a way on when it is gone', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator, 'Vou mandar a foto');
  const bytes = await photo(browser, 'Comprovante', { width: 300, height: 400 });
  const picture = { kind: 'image', mime: 'image/jpeg', bytes, width: 300, height: 400 } as const;

  await emulator.fault({ kind: 'media-503', device: customer.number });
  await customer.sendMedia(phone, picture);
  await expect(log(page).getByText(/Tentativa 2, às \d\d:\d\d/)).toBeVisible();
  await expect(badge(page)).toContainText('1 mensagem pendente');
  const image = log(page).getByRole('img', { name: 'Foto' });
  await expectDrawn(image, 300);
  await expect(log(page).getByText(/Tentativa/)).toHaveCount(0);
  await expect(badge(page)).not.toContainText('pendente');

  // WhatsApp has the file no longer, but the phone that sent it does.
  await inbox.stop('SIGKILL');
  await customer.sendMedia(phone, { ...picture, caption: 'vencida' });
  await emulator.fault({ kind: 'media-expired', device: customer.number });
  await inbox.startAgain();
  await expectBadge(page, 'Conectado', 30_000);
  await expect(image).toHaveCount(2);

  // Only the thumbnail that came with the message is left.
  await inbox.stop('SIGKILL');
  const thumbnail = await photo(browser, '', { width: 60, height: 80 });
  await customer.sendMedia(phone, { ...picture, caption: 'perdida', thumbnail });
  await emulator.fault({ kind: 'media-lost', device: customer.number });
  await inbox.startAgain();
  const gone = log(page).getByRole('alert').filter({ hasText: 'não está mais no WhatsApp nem no celular de quem enviou' });
  await expect(gone).toBeVisible({ timeout: 30_000 });
  const lost = log(page).getByRole('article').filter({ hasText: 'perdida' });
  await expectDrawn(lost.locator('img'), 60);
  const retried = page.waitForResponse((response) => new URL(response.url()).pathname === '/api/retry');
  await gone.getByRole('button', { name: 'Tentar de novo' }).click();
  expect((await retried).ok()).toBe(true);
  await expect(gone).toBeVisible();
  await expect(chat(page, 'Carla Dias')).toContainText('perdida');
});
