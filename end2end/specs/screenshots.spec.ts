import { fileURLToPath } from 'node:url';

import type { Page } from '@playwright/test';

import { PIECE, Uploads, attach, filesOn, sendChosen, turnTo } from '../support/attach.ts';
import { openPicker } from '../support/emojis.ts';
import type { Emulator, Phone } from '../support/emulator.ts';
import { documentOf, heic, pdf, photo, tone, video } from '../support/files.ts';
import type { Inbox } from '../support/inbox.ts';
import { makeFiles } from '../support/kinds/files.ts';
import { INCOMING } from '../support/kinds/incoming.ts';
import { OUTGOING, expectArrived } from '../support/kinds/outgoing.ts';
import { bubble, chat, connect, expectBadge, expectDrawn, expectTicks, fillLogin, log, login, openChat, say, showQr } from '../support/page.ts';
import { qrPicture } from '../support/qr.ts';
import { expect, test } from '../support/test.ts';
import { bar, record } from '../support/voice.ts';
import { codeOf } from '../support/totp.ts';

// Pictures to look at, not to compare: fonts differ between machines. Those of the README are
// renewed with `SCREENSHOTS=../docs/screenshots npx playwright test screenshots`.
const FOLDER = process.env.SCREENSHOTS ?? fileURLToPath(new URL('../test-results/screenshots', import.meta.url));

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** Takes one picture in light and one in dark. */
async function picture(page: Page, name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.screenshot({ path: `${FOLDER}/${name}-${colorScheme}.png`, animations: 'disabled' });
  }
}

/** Creates customers who have written, the last one with a longer conversation. */
async function traffic(emulator: Emulator, shop: Phone): Promise<Phone> {
  const lines: [string, string][] = [
    ['Davi Esteves', 'Paguei agora pelo Pix 🙂'],
    ['Elisa Farias', 'Consigo trocar o tamanho?'],
    ['Fábio Guerra', 'Bom dia! Vocês abrem no feriado?'],
    ['Gabriela Horta', 'Recebi, chegou certinho. Obrigada!'],
    ['Hugo Ibarra', 'Pode me mandar o orçamento em PDF?'],
    ['Inês Jardim', 'Qual é o prazo para o CEP 70000-000?'],
  ];
  for (const [name, text] of lines) await (await emulator.phone(name)).send(shop, text);
  const carla = await emulator.phone('Carla Dias');
  await carla.send(shop, 'Oi! Vi o modelo azul no site.');
  await carla.send(shop, 'Ainda tem no tamanho 38?');
  return carla;
}

/** Logs in and links a number. Returns its phone. */
async function linked(page: Page, inbox: Inbox, emulator: Emulator): Promise<Phone> {
  await page.setViewportSize(DESKTOP);
  await login(page, await inbox.addUser('Ana Alves'));
  const shop = await emulator.phone('Loja Pirata');
  await connect(page, shop);
  return shop;
}

/** The same, with customers who have written. Opens the last one's conversation, and returns both phones. */
async function converse(page: Page, inbox: Inbox, emulator: Emulator): Promise<[Phone, Phone]> {
  const shop = await linked(page, inbox, emulator);
  const carla = await traffic(emulator, shop);
  await openChat(page, 'Carla Dias');
  return [shop, carla];
}

test('login, pairing and the inbox have their pictures', async ({ page, inbox, emulator }) => {
  await page.setViewportSize(DESKTOP);
  const ana = await inbox.addUser('Ana Alves', 'admin');
  await page.goto('/entrar');
  await picture(page, 'login-desktop');
  await login(page, ana);

  const shop = await emulator.phone('Loja Pirata');
  const qr = await showQr(page);
  await picture(page, 'qr-desktop');
  await page.setViewportSize(PHONE);
  await expect(qrPicture(page)).toBeVisible();
  await picture(page, 'qr-phone');
  await page.setViewportSize(DESKTOP);
  await shop.scan(qr);
  await expectBadge(page, 'Conectado');

  const carla = await traffic(emulator, shop);
  await openChat(page, 'Carla Dias');
  await say(page, 'Oi, Carla! Tem sim, no 38 e no 39.');
  // Only delivered messages can be read.
  await expectTicks(page, 'Entregue');
  await carla.read(shop);
  await expectTicks(page, 'Lida');
  await carla.send(shop, 'Perfeito, separa o 38 para mim?');
  await say(page, 'Separado até sábado. Quer que eu mande a chave do Pix?');
  await expectTicks(page, 'Entregue');
  await picture(page, 'inbox-desktop');

  await page.setViewportSize(PHONE);
  await picture(page, 'chat-phone');
  await page.goto('/atendente/inbox-pirata');
  await expect(chat(page, 'Carla Dias')).toBeVisible();
  await picture(page, 'inbox-phone');
});

test('the gallery has its pictures', async ({ page, browser, inbox, emulator }) => {
  const shop = await linked(page, inbox, emulator);
  const carla = await emulator.phone('Carla Dias');
  for (const caption of ['Tem *esse* no 38?', 'Ou então este']) {
    const bytes = await photo(browser, 'Modelo azul');
    await carla.sendMedia(shop, { kind: 'image', mime: 'image/jpeg', bytes, caption, width: 800, height: 600 });
  }
  await openChat(page, 'Carla Dias');
  await log(page).getByRole('article').filter({ hasText: 'Tem esse' }).getByRole('link', { name: 'Foto' }).click();
  const image = page.getByRole('dialog', { name: 'Galeria' }).getByRole('img', { name: 'Foto' });
  await expectDrawn(image, 800);
  await picture(page, 'gallery-desktop');
  await page.setViewportSize(PHONE);
  await picture(page, 'gallery-phone');
});

test('a conversation with files has its pictures', async ({ page, browser, inbox, emulator }) => {
  const shop = await linked(page, inbox, emulator);
  const carla = await emulator.phone('Carla Dias');
  const question = await carla.send(shop, 'Oi! Vi ese modelo na vitrine.');
  await openChat(page, 'Carla Dias');
  const photograph = await photo(browser, 'Modelo azul');
  await carla.sendMedia(shop, { kind: 'image', mime: 'image/jpeg', bytes: photograph, caption: 'Tem no 38?', width: 800, height: 600 });
  await carla.sendMedia(shop, { kind: 'voice', mime: 'audio/wav', bytes: tone(7), seconds: 7 });
  await carla.sendMedia(shop, { kind: 'document', mime: 'application/pdf', bytes: Buffer.alloc(340_000), file_name: 'orçamento de novembro.pdf' });
  await expect(log(page).getByRole('link', { name: 'orçamento' })).toContainText('340 kB');
  await carla.edit(shop, question, 'Oi! Vi esse modelo na vitrine.');
  await say(page, 'Tem sim! Já separo.');
  await expectTicks(page, 'Entregue');
  await carla.react(shop, (await carla.messages(shop)).at(-1)!.id, '❤️');
  await carla.revoke(shop, await carla.send(shop, 'Engano'));
  await expect(log(page).getByText('Mensagem apagada')).toBeVisible();
  await emulator.fault({ kind: 'media-503', device: carla.number });
  await carla.sendMedia(shop, { kind: 'document', mime: 'application/pdf', bytes: Buffer.alloc(2_340_000), file_name: 'comprovante.pdf', caption: 'Paguei' });
  await expect(log(page).getByText(/Tentativa 2/)).toBeVisible();
  await picture(page, 'files-desktop');
  await page.setViewportSize(PHONE);
  await picture(page, 'files-phone');
});

test('sending files has its pictures', async ({ page, browser, inbox, emulator }) => {
  const [shop, carla] = await converse(page, inbox, emulator);
  await carla.send(shop, 'Me manda fotos?');
  const image = async (name: string, words: string) => ({ name, mimeType: 'image/jpeg', buffer: await photo(browser, words, { width: 1800, height: 1350 }) });
  await attach(page, [
    await image('modelo-azul.jpg', 'Modelo azul'),
    await image('modelo-verde.jpg', 'Modelo verde'),
    { name: 'filme.mp4', mimeType: 'video/mp4', buffer: video() },
    { name: 'catalogo.pdf', mimeType: 'application/pdf', buffer: pdf('Catálogo') },
    { name: 'IMG_0412.heic', mimeType: 'image/heic', buffer: heic() },
    { name: 'vazio.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
  ]);
  const first = await turnTo(page, 'modelo-azul.jpg');
  await first.getByRole('textbox', { name: 'Legenda' }).fill('O azul, que chegou hoje');
  await picture(page, 'send-files-desktop');
  await page.setViewportSize(PHONE);
  await picture(page, 'send-files-phone');
  await page.setViewportSize(DESKTOP);
  await turnTo(page, 'IMG_0412.heic');
  await picture(page, 'send-files-document-desktop');
  await sendChosen(page);
  await filesOn(carla, shop, 5);
  await expectTicks(page, 'Entregue');
  await picture(page, 'sent-files-desktop');

  const uploads = await Uploads.hold(page, 1);
  await attach(page, [documentOf((PIECE / 4) * 5, 'planta.bin'), await image('modelo-rosa.jpg', 'Modelo rosa')]);
  await sendChosen(page);
  await uploads.untilHeld();
  await expect(bubble(page, 'planta.bin').getByRole('progressbar')).toHaveAttribute('aria-valuenow', '80');
  await picture(page, 'uploading-desktop');
  await page.setViewportSize(PHONE);
  await picture(page, 'uploading-phone');
  await page.setViewportSize(DESKTOP);
  await page.context().setOffline(true);
  uploads.lose();
  await expect(bubble(page, 'planta.bin')).toContainText('A conexão caiu durante o envio.');
  await picture(page, 'upload-offline-desktop');
  await page.setViewportSize(PHONE);
  await picture(page, 'upload-offline-phone');
});

test('writing has its pictures', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  const composer = page.getByRole('textbox', { name: 'Mensagem', exact: true });
  const text = 'Para *12 meses* eu sugiro:\n- 48 pratos\n- 6 travessas _(faltam duas)_\n~Entrega em 20 dias~ com `GIRASSOL10` :fest';
  for (const [size, name] of [[DESKTOP, 'desktop'], [PHONE, 'phone']] as const) {
    await page.setViewportSize(size);
    await composer.fill('');
    await composer.fill(text);
    await expect(page.getByRole('listbox', { name: 'Emojis' })).toBeVisible();
    await expect(page.getByRole('group', { name: 'Prévia do texto' })).toBeVisible();
    await picture(page, `writing-${name}`);
    await composer.press('Enter');
    await openPicker(page);
    await picture(page, `picker-${name}`);
    await page.keyboard.press('Escape');
  }
});

test('voice notes have their pictures', async ({ page, inbox, emulator }) => {
  const [shop, carla] = await converse(page, inbox, emulator);
  const waveform = Buffer.from(Array.from({ length: 64 }, (_, nth) => Math.round(50 + 45 * Math.sin(nth / 3)))).toString('base64');
  await carla.sendMedia(shop, { kind: 'voice', mime: 'audio/wav', bytes: tone(12), seconds: 12, waveform });
  await expect(log(page).getByRole('group', { name: 'Áudio' })).toBeVisible();
  await record(page, 3);
  await picture(page, 'recording-desktop');
  await page.setViewportSize(PHONE);
  await picture(page, 'recording-phone');
  await page.setViewportSize(DESKTOP);
  await bar(page).getByRole('button', { name: 'Pausar' }).click();
  await expect(bar(page).getByRole('button', { name: 'Ouvir' })).toBeVisible();
  await picture(page, 'recorded-desktop');
  await bar(page).getByRole('button', { name: 'Enviar áudio' }).click();
  await filesOn(carla, shop, 1);
  await expectTicks(page, 'Entregue');
  await expect(log(page).getByRole('group', { name: 'Áudio' })).toHaveCount(2);
  await picture(page, 'voice-notes-desktop');
  await page.setViewportSize(PHONE);
  await picture(page, 'voice-notes-phone');
});

test('the actions of messages have their pictures', async ({ page, inbox, emulator }) => {
  const [shop, carla] = await converse(page, inbox, emulator);
  const bubble = (text: string) => log(page).locator('article').filter({ hasText: text }).last();
  const open = async (text: string) => {
    await bubble(text).hover();
    await bubble(text).getByRole('button', { name: 'Mais ações' }).click();
  };
  const pick = (name: string) => page.getByRole('menuitem', { name, exact: true }).click();

  await open('Ainda tem no tamanho 38?');
  await pick('Responder');
  await say(page, 'Tem sim, no 38 e no 39!');
  await expectTicks(page, 'Entregue');
  await carla.react(shop, (await carla.messages(shop)).at(-1)!.id, '❤️');
  await say(page, 'Custa R$ 189, no Pix sai por R$ 170.');
  await expectTicks(page, 'Entregue');
  await open('Custa R$ 189');
  await pick('Editar');
  await page.getByRole('textbox', { name: 'Editar mensagem' }).fill('Custa R$ 198, no Pix sai por R$ 170.');
  await picture(page, 'editor-desktop');
  await page.getByRole('button', { name: 'Salvar', exact: true }).click();
  await expect(bubble('Custa R$ 198').getByRole('button', { name: 'editada' })).toBeVisible();
  const last = (await carla.messages(shop)).at(-1)!;
  await carla.reply(shop, last.id, 'Perfeito, separa o 38 para mim?');
  await expect(bubble('separa o 38')).toBeVisible();
  await open('separa o 38');
  await pick('Reagir');
  await page.getByRole('dialog').getByRole('button', { name: '👍', exact: true }).click();
  await expect(bubble('separa o 38').getByRole('button', { name: /quem reagiu/ })).toBeVisible();
  await open('separa o 38');
  await picture(page, 'message-menu-desktop');
  await pick('Responder');
  await picture(page, 'reply-desktop');
  await open('Custa R$ 198');
  await pick('Encaminhar');
  await expect(page.getByRole('dialog', { name: 'Encaminhar para' })).toContainText('Hugo Ibarra');
  await picture(page, 'forward-desktop');
  await page.keyboard.press('Escape');

  await page.setViewportSize(PHONE);
  await open('Custa R$ 198');
  await picture(page, 'message-menu-phone');
  await page.keyboard.press('Escape');
  await picture(page, 'actions-phone');
});

test('several numbers and their administration have their pictures', async ({ page, inbox, emulator }) => {
  await page.setViewportSize(DESKTOP);
  await inbox.addUser('Bruno Braga');
  await login(page, await inbox.addUser('Ana Alves', 'admin'));
  const [sales, support] = [await emulator.phone('Vendas'), await emulator.phone('Suporte')];
  await connect(page, sales);
  await page.getByRole('link', { name: 'Adicionar número' }).click();
  await expect(page.getByLabel('Nome')).toBeVisible();
  await picture(page, 'new-number-desktop');
  await page.getByLabel('Nome').fill('Suporte');
  await page.getByRole('radio', { name: 'Laranja' }).check();
  await page.getByRole('button', { name: 'Adicionar', exact: true }).click();
  await connect(page, support);
  await traffic(emulator, sales);
  const davi = await emulator.phone('João Prado');
  await davi.send(support, 'Meu pedido chegou com defeito.');
  await page.getByRole('link', { name: 'Todos' }).click();
  await openChat(page, 'João Prado');
  await say(page, 'Puxa, João. Vamos trocar.');
  await expectTicks(page, 'Entregue');
  await picture(page, 'numbers-desktop');
  await page.setViewportSize(PHONE);
  await page.getByRole('link', { name: 'Voltar' }).click();
  await expect(chat(page, 'Carla Dias')).toBeVisible();
  await picture(page, 'numbers-phone');
  await page.goto('/admin/conexoes');
  await expect(page.getByText('Conectado').first()).toBeVisible();
  await picture(page, 'connections-phone');
  await page.setViewportSize(DESKTOP);
  await picture(page, 'connections-desktop');
  await page.getByRole('link', { name: 'Suporte' }).click();
  await page.getByRole('button', { name: 'Dar acesso' }).click();
  await expect(page.getByRole('list', { name: 'Acessos' })).toContainText('Bruno');
  await picture(page, 'number-desktop');
  await page.setViewportSize(PHONE);
  await picture(page, 'number-phone');
  await page.goto('/admin/auditoria');
  await picture(page, 'audit-phone');
  await page.setViewportSize(DESKTOP);
  await picture(page, 'audit-desktop');
});

test('people, their access and what happens to a number have their pictures', async ({ page, inbox, emulator }) => {
  await page.setViewportSize(DESKTOP);
  await inbox.addUser('Bruno Braga');
  await login(page, await inbox.addUser('Ana Alves', 'admin'));
  const shop = await emulator.phone('Loja Pirata');
  const device = await connect(page, shop);
  const carla = await traffic(emulator, shop);
  await openChat(page, 'Carla Dias');
  await expect(log(page).getByText('Ainda tem no tamanho 38?')).toBeVisible();
  await inbox.stop('SIGKILL');
  for (const text of ['Oi?', 'Ainda está aí?']) await carla.send(shop, text);
  await inbox.startAgain();
  await expect(page.getByText('2 mensagens recuperadas')).toBeVisible({ timeout: 30_000 });
  await picture(page, 'recovered-desktop');
  await shop.unlink(device);
  await expectBadge(page, 'Desconectado');
  await picture(page, 'ended-desktop');
  await page.goto('/admin/conexoes');
  await page.getByRole('button', { name: 'Conectar o número WhatsApp' }).click();
  await page.getByRole('button', { name: 'Conectar WhatsApp', exact: true }).click();
  await expect(qrPicture(page)).toBeVisible();
  await picture(page, 'connect-here-desktop');
  await page.setViewportSize(PHONE);
  await picture(page, 'connect-here-phone');
  await page.setViewportSize(DESKTOP);

  await page.goto('/admin/atendentes');
  await page.getByLabel('Nome').fill('Cecília Costa');
  await page.getByLabel('E-mail').fill('cecilia@exemplo.com.br');
  await page.getByRole('button', { name: 'Criar convite' }).click();
  await expect(page.getByRole('button', { name: 'Copiar' })).toBeVisible();
  await page.getByRole('list', { name: 'Usuários' }).getByRole('listitem').filter({ hasText: 'Bruno Braga' }).locator('summary').click();
  await picture(page, 'users-desktop');
  await page.getByRole('link', { name: 'Acessos' }).first().click();
  await expect(page.getByRole('heading', { name: /^Acesso de/ })).toBeVisible();
  await picture(page, 'person-desktop');
  await page.setViewportSize(PHONE);
  await picture(page, 'person-phone');
  await page.goto('/perfil');
  await picture(page, 'profile-phone');
  await page.setViewportSize(DESKTOP);
  await picture(page, 'profile-desktop');
});

test('the new conversation has its pictures', async ({ page, inbox, emulator }) => {
  await converse(page, inbox, emulator);
  await page.getByRole('button', { name: 'Nova conversa' }).click();
  await expect(page.getByRole('dialog', { name: 'Nova conversa' })).toBeVisible();
  await picture(page, 'new-conversation-desktop');
  await page.keyboard.press('Escape');
  await page.setViewportSize(PHONE);
  await page.getByRole('link', { name: 'Voltar para as conversas' }).click();
  await page.getByRole('button', { name: 'Nova conversa' }).click();
  await expect(page.getByRole('dialog', { name: 'Nova conversa' })).toBeVisible();
  await picture(page, 'new-conversation-phone');
});

test('every kind of message has its pictures, both ways in one conversation', async ({ page, browser, inbox, emulator }) => {
  test.slow();
  const files = await makeFiles(browser);
  const shop = await linked(page, inbox, emulator);
  const carla = await emulator.phone('Carla Dias');
  await carla.send(shop, 'Oi');
  await openChat(page, 'Carla Dias');
  const bubbles = log(page).getByRole('article');
  await expect(bubbles).toHaveCount(1);
  for (const one of INCOMING) {
    const before = await bubbles.count();
    await one.send(carla, shop, files);
    await expect(bubbles, one.kind).toHaveCount(before + 1);
  }
  for (const one of OUTGOING) {
    await one.send(page, files);
    await expectArrived(carla, shop, one.arrives(files));
  }
  await expectTicks(page, 'Entregue');
  for (const [size, name] of [[DESKTOP, 'desktop'], [PHONE, 'phone']] as const) {
    await page.setViewportSize(size);
    // The screen is as high as the conversation.
    const beyond = await log(page).evaluate((element) => element.scrollHeight - element.clientHeight);
    await page.setViewportSize({ width: size.width, height: size.height + beyond });
    const drawn = () => log(page).locator('img').evaluateAll((all: HTMLImageElement[]) => all.every((one) => one.complete));
    await expect.poll(drawn, { message: 'pictures are drawn' }).toBe(true);
    await picture(page, `kinds-${name}`);
  }
});

test('a second factor has its pictures, from the profile to the login', async ({ page, inbox }) => {
  await page.setViewportSize(DESKTOP);
  const ana = await inbox.addUser('Ana Alves');
  await login(page, ana);
  await page.goto('/perfil/duas-etapas');
  await page.getByRole('button', { name: 'Ligar' }).click();
  await expect(page.getByRole('img', { name: 'QR para o aplicativo de códigos' })).toBeVisible();
  await picture(page, 'second-factor-desktop');
  await page.setViewportSize(PHONE);
  await picture(page, 'second-factor-phone');
  await page.setViewportSize(DESKTOP);
  await page.getByLabel('Senha atual').fill(ana.password);
  await page.getByLabel('Código de 6 dígitos').fill(codeOf(await page.locator('.enrol code').innerText()));
  await page.getByRole('button', { name: 'Confirmar e ligar' }).click();
  await expect(page.getByRole('list', { name: 'Códigos de recuperação' }).getByRole('listitem')).toHaveCount(10);
  await picture(page, 'recovery-codes-desktop');
  await page.getByRole('link', { name: 'Já guardei' }).click();
  await expect(page.getByRole('link', { name: 'Ver ou desligar' })).toBeVisible();

  await page.context().clearCookies();
  await page.goto('/entrar');
  await fillLogin(page, ana);
  await page.getByRole('button', { name: 'Entrar' }).click();
  await expect(page.getByRole('heading', { name: 'Código do celular' })).toBeVisible();
  await picture(page, 'code-desktop');
  await page.setViewportSize(PHONE);
  await picture(page, 'code-phone');
});

test('groups have their pictures', async ({ page, inbox, emulator }) => {
  await page.setViewportSize(DESKTOP);
  await login(page, await inbox.addUser('Ana Alves', 'admin'));
  const [shop, marcos, rute, edu] = [await emulator.phone('Financeiro'), await emulator.phone('Marcos Vidal'), await emulator.phone('Rute Teles'), await emulator.phone('Edu')];
  await connect(page, shop);
  await traffic(emulator, shop);
  const group = await emulator.group(marcos, 'Fornecedores Sul', [shop, rute, edu], { description: 'Tabelas, fretes e prazos. Pedidos só até quinta, 12h.' });
  await group.change('add', await emulator.phone('Otávio Sá'));
  await marcos.send(group, 'Boa tarde! Tabela nova em anexo. O frete para o Jardim Alto mudou.');
  await openChat(page, 'Fornecedores Sul');
  await rute.write(group, { text: `@${marcos.number} a tigela de 14 cm subiu 4 %, confere?`, mentions: [marcos.number] });
  const question = await edu.write(group, { text: `@${shop.number} consegue reservar 20 peças no boleto?`, mentions: [shop.number] });
  await rute.reply(group, question, 'Eu fico com o resto do azul. Busco na sexta.');
  await say(page, 'Reservado até sexta.');
  await expectTicks(page, 'Entregue');
  for (const phone of [rute, edu]) await phone.read(group);
  await marcos.react(group, (await marcos.messages(group)).at(-1)!.id, '👍');
  const sent = log(page).getByRole('article').filter({ hasText: 'Reservado até sexta.' });
  await expect(sent.getByRole('link', { name: 'lida por 2' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Mensagem' }).pressSequentially('Combinado, @');
  await expect(page.getByRole('listbox', { name: 'Mencionar' })).toBeVisible();
  await picture(page, 'group-mention-desktop');
  await page.keyboard.press('Escape');
  await picture(page, 'group-desktop');
  await page.getByRole('link', { name: 'Dados do grupo' }).click();
  await expect(page.getByRole('dialog', { name: 'Dados do grupo' })).toContainText('Tabelas');
  await picture(page, 'group-data-desktop');
  await page.keyboard.press('Escape');
  await sent.getByRole('link', { name: 'lida por 2' }).click();
  await expect(page.getByRole('dialog', { name: 'Dados da mensagem' })).toContainText('Rute Teles');
  await picture(page, 'message-info-desktop');
  await page.setViewportSize(PHONE);
  await picture(page, 'message-info-phone');
  await page.keyboard.press('Escape');
  await picture(page, 'group-phone');
  await page.getByRole('link', { name: 'Dados do grupo' }).click();
  await expect(page.getByRole('dialog', { name: 'Dados do grupo' })).toContainText('Tabelas');
  await picture(page, 'group-data-phone');
  await page.keyboard.press('Escape');
  await page.goto('/atendente/inbox-pirata?filtro=grupos');
  await expect(chat(page, 'Fornecedores Sul')).toBeVisible();
  await picture(page, 'groups-phone');
});
