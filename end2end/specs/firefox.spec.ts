import { photo, tone } from '../support/files.ts';
import { alive, byRole, bySelector, expectProperty, expectText, readQr, test } from '../support/firefox.ts';
import { INBOX } from '../support/page.ts';

const LOG = '[role=log]';

test('the main job in Firefox: log in, pair, chat with an emoji that is typed, and see and hear files', async ({ firefox: page, browser, inbox, emulator }) => {
  const ana = await inbox.addUser('Ana Alves');
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await page.goto(`${inbox.url}/entrar`);
  await (await bySelector(page, 'input[name=email]')).type(ana.email);
  await (await bySelector(page, 'input[name=password]')).type(ana.password);
  await alive(page, async () => (await byRole(page, 'button', 'Entrar')).click());

  await (await byRole(page, 'button', 'Conectar WhatsApp')).click();
  await phone.scan(await readQr(page));
  await expectText(page, '[role=status]', 'Conectado');

  await customer.send(phone, 'Vocês entregam no sábado?');
  await (await bySelector(page, `a[href^="${INBOX}/chat/"]`)).click();
  await expectText(page, LOG, 'Vocês entregam no sábado?');
  // Firefox gives an emoji that is typed in two halves, each of which alone is no text.
  const composer = await byRole(page, 'textbox', 'Mensagem');
  for (const text of ['respondi 😀', '👍🏽 até já']) {
    await composer.type(text);
    await composer.press('Enter');
    await expectText(page, LOG, text);
  }
  await customer.expectTexts(phone, ['Vocês entregam no sábado?', 'respondi 😀', '👍🏽 até já']);
  await customer.read(phone);
  await bySelector(page, `${LOG} [role=img][aria-label=Lida]`);

  const picture = await photo(browser, 'Modelo azul');
  await customer.sendMedia(phone, { kind: 'image', mime: 'image/jpeg', bytes: picture, caption: 'Tem esse?', width: 800, height: 600 });
  await expectProperty(page, `${LOG} img`, 'naturalWidth', 800);
  await customer.sendMedia(phone, { kind: 'voice', mime: 'audio/wav', bytes: tone(2), seconds: 2 });
  await expectProperty(page, `${LOG} audio`, 'duration', 2);

  // The same from the server.
  await alive(page, () => page.reload());
  for (const text of ['respondi 😀', '👍🏽 até já', 'Tem esse?']) await expectText(page, LOG, text);
  await expectProperty(page, `${LOG} img`, 'naturalWidth', 800);
});
