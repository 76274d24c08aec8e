import { Uploads, attach, chooseToAttach, sendChosen, turnTo } from '../support/attach.ts';
import { expectAccessible, expectAccessibleAtAnyWidth } from '../support/axe.ts';
import { documentOf, heic, pdf, photo, video } from '../support/files.ts';
import { bubble, connect, converse, login, openChat, showQr } from '../support/page.ts';
import { expect, test } from '../support/test.ts';
import { serveWeb } from '../support/web.ts';

test('first run and login are accessible', async ({ page, inbox }) => {
  await page.goto('/configurar');
  await expect(page.getByRole('button', { name: 'Criar administrador' })).toBeVisible();
  await expectAccessible(page, 'first run');
  await page.goto(inbox.setupLink);
  await expect(page).toHaveURL(/\/configurar$/);
  await expectAccessible(page, 'first run by the link');
  await inbox.addUser('Ana Alves');
  await page.goto('/entrar');
  await expectAccessible(page, 'login');
});

test('pairing and the inbox are accessible', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await expectAccessible(page, 'before pairing');
  const qr = await showQr(page);
  await expectAccessible(page, 'pairing');
  await phone.scan(qr);
  await customer.send(phone, 'Oi');
  await customer.send(phone, '👍');
  await customer.send(phone, 'Ligue (61) 99812-4471 ou escreva a ana@loja.example');
  await customer.sendCard(phone, { location: { latitude: -15.794229, longitude: -47.882166, name: 'Portão 2', address: 'SQN 102' } });
  await customer.sendCard(phone, { contact: { name: 'Rui Sá', number: '5561999990000' } });
  await customer.sendCard(phone, { poll: { name: 'Que dia?', options: ['Segunda', 'Terça'] } });
  await openChat(page, 'Carla Dias');
  await expect(page.getByText('Que dia?').last()).toBeVisible();
  await expectAccessibleAtAnyWidth(page, 'conversation');
});

test('the preview of a link is accessible', async ({ page, inbox, emulator }) => {
  const { link } = await serveWeb();
  await converse(page, inbox, emulator);
  await page.getByRole('textbox', { name: 'Mensagem' }).fill(`Veja ${link}`);
  await expect(page.getByRole('group', { name: 'Prévia do link' })).toBeVisible();
  await expectAccessibleAtAnyWidth(page, 'the preview of a link');
});

test('sending files is accessible', async ({ page, browser, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  await attach(page, [
    { name: 'foto.jpg', mimeType: 'image/jpeg', buffer: await photo(browser, 'Frente', { width: 400, height: 300 }) },
    { name: 'filme.mp4', mimeType: 'video/mp4', buffer: video() },
    { name: 'iphone.heic', mimeType: 'image/heic', buffer: heic() },
    { name: 'nota.pdf', mimeType: 'application/pdf', buffer: pdf('Nota') },
    { name: 'vazio.pdf', mimeType: 'application/pdf', buffer: Buffer.alloc(0) },
  ]);
  await expectAccessibleAtAnyWidth(page, 'chosen files');
  await turnTo(page, 'iphone.heic');
  await expectAccessible(page, 'a file with a sentence why');
  const uploads = await Uploads.hold(page, 0);
  await sendChosen(page);
  await uploads.untilHeld();
  await expect(page.getByRole('progressbar').first()).toBeVisible();
  await expectAccessibleAtAnyWidth(page, 'uploads');
  uploads.release();
  await expect(bubble(page, 'nota.pdf').getByRole('link', { name: 'nota.pdf' })).toHaveAttribute('href', /midia/);
  await page.context().setOffline(true);
  await attach(page, documentOf(1_000, 'tarde.bin'));
  await sendChosen(page);
  await expect(page.getByText('Sem conexão: os arquivos aparecem na conversa')).toBeVisible();
  await expectAccessibleAtAnyWidth(page, 'a file that waits for the network');
  await page.context().setOffline(false);
});

for (const [width, height] of [[390, 844], [844, 390], [1440, 844]] as const) {
  test(`what the button "Anexar" opens is accessible at ${width} × ${height}`, async ({ page, inbox, emulator }) => {
    await converse(page, inbox, emulator);
    await page.setViewportSize({ width, height });
    await page.getByRole('button', { name: 'Anexar', exact: true }).click();
    await expect(page.getByRole('menu', { name: 'Anexar' })).toBeVisible();
    await expectAccessible(page, 'the menu');
    await page.keyboard.press('Escape');
    for (const [item, name] of [['Contato', 'Enviar contato'], ['Localização', 'Enviar localização'], ['Enquete', 'Enquete']] as const) {
      await chooseToAttach(page, item);
      const dialog = page.getByRole('dialog', { name, exact: true });
      // The buttons stay, however small the window is.
      await expect(dialog.getByRole('button', { name: 'Enviar', exact: true })).toBeInViewport({ ratio: 1 });
      await expectAccessible(page, name);
      await dialog.getByRole('button', { name: 'Cancelar', exact: true }).click();
      await expect(dialog).toHaveCount(0);
      await expect(page.getByRole('button', { name: 'Anexar', exact: true })).toBeFocused();
    }
  });
}

const PAGES = ['/admin/atendentes', '/admin/conexoes', '/admin/auditoria', '/atendente/inbox-pirata/anexar', '/atendente/inbox-pirata/anexos', '/atendente/inbox-pirata/audio', '/atendente/inbox-pirata/figurinhas', '/atendente/inbox-pirata/chat/1/temporarias', '/atendente/inbox-pirata/chat/1/opcoes', '/atendente/inbox-pirata/chat/1/opcoes/confirmar?fazer=silenciar', '/atendente/inbox-pirata/chat/1/dados', '/atendente/inbox-pirata/grupos', '/atendente/inbox-pirata/chamadas', '/atendente/inbox-pirata/previas', '/atendente/inbox-pirata/enquete', '/atendente/inbox-pirata/emojis', '/nova-conversa', '/numeros/novo', '/numeros/1', '/perfil', '/perfil/duas-etapas'];

test('administration, numbers and profile are accessible', async ({ page, inbox, emulator }) => {
  test.slow();
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves', 'admin'));
  await connect(page, phone);
  await customer.send(phone, 'Oi');
  await expect(page.getByRole('list', { name: 'Conversas' }).getByRole('link', { name: 'Carla Dias' })).toBeVisible();
  for (const where of PAGES) {
    await page.goto(where);
    await expectAccessibleAtAnyWidth(page, where);
  }
});

test('a whole conversation needs no mouse', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  await customer.send(phone, 'Oi');
  const link = page.getByRole('list', { name: 'Conversas' }).getByRole('link', { name: 'Carla Dias' });
  await expect(link).toBeVisible();

  const reach = async (target: typeof link) => {
    for (let n = 0; n < 40; n++) {
      if (await target.evaluate((element) => element === document.activeElement)) return;
      await page.keyboard.press('Tab');
    }
    throw new Error('Tab does not reach it');
  };
  await reach(link);
  await page.keyboard.press('Enter');
  const composer = page.getByRole('textbox', { name: 'Mensagem' });
  await expect(composer).toBeVisible();
  await reach(composer);
  await page.keyboard.type('Bom dia!');
  await page.keyboard.press('Enter');
  await customer.expectTexts(phone, ['Oi', 'Bom dia!']);
});
