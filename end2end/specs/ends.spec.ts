import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { Page } from '@playwright/test';

import type { Emulator, Fault, Phone } from '../support/emulator.ts';
import { alive, badge, connect, converse, expectBadge, expectTicks, log, login, openChat, say, showCode, showQr } from '../support/page.ts';
import { readQr } from '../support/qr.ts';
import { expect, test } from '../support/test.ts';

// Every end has a name: whenever a number stops working, the page shows the reason and the remedy.
// Expired codes are in qr-expired.spec.ts, another phone than the declared one in numbers.spec.ts,
// "Desconectar" in disconnect.spec.ts.

/** Checks that badge and card show why there is no connection, and the card also the remedy. */
async function expectEnd(page: Page, why: string, remedy: string, timeout?: number): Promise<void> {
  await expect(badge(page)).toContainText(why, { timeout });
  await expectBadge(page, 'Desconectado');
  const card = page.getByRole('region').filter({ has: page.getByRole('heading', { name: why }) });
  await expect(card.getByText(remedy, { exact: true })).toBeVisible();
}

/**
 * A time 26 hours from now, half a minute past the minute, so that a slow machine shows the same.
 */
const BANNED_UNTIL = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 26 * 3_600_000 + 30_000);

/** `25/11 18:05`, in the time zone of the browser. */
function dayAndTime(at: Date): string {
  const twoDigits = { day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit' } as const;
  return at.toLocaleString('pt-BR', { ...twoDigits, timeZone: 'America/Sao_Paulo' }).replace(',', '');
}

const UNLINKED =
  'Este servidor foi removido dos Aparelhos conectados, no celular ou pelo próprio WhatsApp. As conversas continuam aqui. Para responder, clique em Conectar WhatsApp e leia um QR novo.';
const SUSPENDED =
  'O WhatsApp suspendeu este número. Veja no aplicativo do celular o motivo e o que fazer. Quando ele voltar a funcionar lá, clique em Conectar WhatsApp.';

interface End {
  when: string;
  happens: (emulator: Emulator, phone: Phone, device: number) => Promise<void>;
  why: string;
  remedy: string;
  /** The number's keys are kept: it reconnects without a QR. */
  keys: boolean;
}

const fault = (fault: Fault) => (emulator: Emulator) => emulator.fault(fault);

const ENDS: End[] = [
  {
    when: 'the phone disconnects the device',
    happens: (_, phone, device) => phone.unlink(device),
    why: 'desconectado pelo celular',
    remedy: UNLINKED,
    keys: false,
  },
  { when: 'WhatsApp logs the device out (401)', happens: fault({ kind: 'logged-out' }), why: 'desconectado pelo celular', remedy: UNLINKED, keys: false },
  { when: 'WhatsApp removes the device (516)', happens: fault({ kind: 'removed' }), why: 'desconectado pelo celular', remedy: UNLINKED, keys: false },
  {
    when: 'another client takes the session over',
    happens: fault({ kind: 'replaced' }),
    why: 'em uso em outro lugar',
    remedy:
      'Outro programa entrou com as credenciais deste número, por exemplo uma cópia deste servidor. Feche o outro e clique em Conectar WhatsApp; não é preciso ler um QR.',
    keys: true,
  },
  {
    when: 'the number is banned until a time',
    happens: (emulator) => emulator.fault({ kind: 'ban', expire_secs: Math.round((BANNED_UNTIL.getTime() - Date.now()) / 1000) }),
    why: `banido até ${dayAndTime(BANNED_UNTIL)}`,
    remedy:
      'O WhatsApp suspendeu este número por um tempo. Espere até lá, veja no celular se ele voltou a funcionar e clique em Conectar WhatsApp.',
    keys: true,
  },
  { when: 'the number is banned without a time (402)', happens: fault({ kind: 'refused', code: 402 }), why: 'número banido', remedy: SUSPENDED, keys: true },
  { when: 'the account is locked (403)', happens: fault({ kind: 'refused', code: 403 }), why: 'número banido', remedy: SUSPENDED, keys: true },
  {
    when: 'the client is too old (405)',
    happens: fault({ kind: 'outdated' }),
    why: 'versão recusada',
    remedy:
      'O WhatsApp não aceita mais a versão deste servidor. Peça a quem o administra que o reinicie ou, se não bastar, que o atualize. Depois clique em Conectar WhatsApp.',
    keys: true,
  },
];

for (const { when, happens, why, remedy, keys } of ENDS) {
  test(`${when}: it is said, and one click connects again ${keys ? 'without' : 'with'} a QR`, async ({ page, inbox, emulator }) => {
    const phone = await emulator.phone('Loja Pirata');
    await login(page, await inbox.addUser('Ana Alves'));
    const device = await connect(page, phone);
    await happens(emulator, phone, device);
    await expectEnd(page, why, remedy);

    if (keys) {
      await page.getByRole('button', { name: 'Conectar WhatsApp' }).click();
      await expectBadge(page, 'Conectado');
      expect((await phone.devices()).map(({ id }) => id)).toEqual([device]);
    } else {
      expect(await phone.scan(await showQr(page))).not.toBe(device);
      await expectBadge(page, 'Conectado');
    }
  });
}

const WAITS: { what: string; fault: Fault }[] = [
  { what: 'a lost network', fault: { kind: 'handshake', count: 4 } },
  { what: 'a WhatsApp that is unavailable', fault: { kind: 'refused', code: 503, count: 4 } },
];

for (const { what, fault } of WAITS) {
  test(`${what} says when the next try comes, and nobody has to do anything`, async ({ page, inbox, emulator }) => {
    const phone = await emulator.phone('Loja Pirata');
    await login(page, await inbox.addUser('Ana Alves'));
    const device = await connect(page, phone);
    await emulator.fault(fault);

    await expect(badge(page)).toContainText(/^Conectando.*sem contato com o WhatsApp, nova tentativa em \d s/);
    const card = page.getByRole('region', { name: 'Conectando ao WhatsApp…' });
    await expect(card).toContainText(/Sem contato com o WhatsApp, nova tentativa em \d s/);
    await expect(card.getByRole('button')).toHaveCount(0);
    await expectBadge(page, 'Conectado', 30_000);
    expect((await phone.devices()).map(({ id }) => id)).toEqual([device]);
  });
}

test('what is sent when the connection is lost arrives by itself', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  for (const kind of ['515', 'drop', 'unavailable']) {
    await emulator.fault({ kind, device: phone.number });
    await customer.send(phone, `depois de ${kind}`);
    await expect(log(page).getByText(`depois de ${kind}`)).toBeVisible({ timeout: 30_000 });
    await expectBadge(page, 'Conectado');
  }
});

test('a pairing code that WhatsApp does not give is said, and can be asked for again', async ({ page, inbox, emulator }) => {
  const phone = await emulator.phone('Loja Pirata');
  await login(page, await inbox.addUser('Ana Alves'));
  await showQr(page);
  await emulator.fault({ kind: 'code-refused' });
  await page.getByLabel('Número do celular').fill(`+${phone.number}`);
  await page.getByRole('button', { name: 'Conectar com código' }).click();
  await expectEnd(
    page,
    'código recusado',
    'O WhatsApp não deu um código para esse número. Confira o número com DDD e peça outro em alguns minutos, ou clique em Conectar WhatsApp e leia o QR.',
  );

  await phone.enterCode(await showCode(page, phone));
  await expectBadge(page, 'Conectado');
});

test.describe('with codes that run out ten times as fast as those of WhatsApp', () => {
  test.use({ flags: ['--whatsapp-pairing-pace', '10'] });

  test('a pairing code that nobody types runs out, and another can be asked for', async ({ page, inbox, emulator }) => {
    const phone = await emulator.phone('Loja Pirata');
    await login(page, await inbox.addUser('Ana Alves'));
    const first = await showCode(page, phone);
    await expectEnd(
      page,
      'código expirado',
      'O código de oito caracteres venceu antes de o celular se conectar. Digite o número e clique em Conectar com código para receber outro.',
      30_000,
    );

    const second = await showCode(page, phone);
    expect(second).not.toBe(first);
    await phone.enterCode(second);
    await expectBadge(page, 'Conectado');
  });
});

test('keys that cannot be kept are said, and connecting works once they can', async ({ page, inbox, emulator }) => {
  const phone = await emulator.phone('Loja Pirata');
  await login(page, await inbox.addUser('Ana Alves'));
  // A file in the folder's place stops root as well, who is exempt from permissions.
  const sessions = join(inbox.dataDir, 'sessions');
  await rm(sessions, { recursive: true, force: true });
  await writeFile(sessions, '');
  await page.getByRole('button', { name: 'Conectar WhatsApp' }).click();
  await expectEnd(
    page,
    'credenciais ilegíveis',
    'O servidor não consegue ler ou gravar as credenciais deste número. Peça a quem o administra que confira o disco e a pasta de dados. Depois clique em Conectar WhatsApp.',
  );

  await rm(sessions);
  await phone.scan(await showQr(page));
  await expectBadge(page, 'Conectado');
});

/** A failed message, with its reason and button. */
function failure(page: Page, why: string) {
  return log(page).getByRole('alert').filter({ hasText: why });
}

const RESTRICTED = 'O WhatsApp não deixa este número escrever para este contato agora. Tente mais tarde ou espere que ele escreva.';

const NACKS: { when: string; code: number; why: string }[] = [
  { when: 'the number is restricted (463)', code: 463, why: RESTRICTED },
  { when: 'the number is restricted (479)', code: 479, why: RESTRICTED },
  { when: 'the recipient is not on WhatsApp (404)', code: 404, why: 'O WhatsApp não encontrou este contato. Confira se ele ainda usa este número.' },
  {
    when: 'WhatsApp refuses a message without saying why',
    code: 500,
    why: 'O WhatsApp não aceitou o envio. Tente de novo; se continuar, use o celular.',
  },
];

for (const { when, code, why } of NACKS) {
  test(`${when}: the message says so, and "Tentar de novo" sends it`, async ({ page, inbox, emulator }) => {
    const [phone, customer] = await converse(page, inbox, emulator);

    await emulator.fault({ kind: 'nack', code });
    await say(page, 'Chegou o seu pedido');
    await expect(failure(page, why)).toBeVisible();
    await expect(log(page).getByRole('img', { name: 'Não enviada' })).toBeVisible();
    await expectBadge(page, 'Conectado');
    await customer.expectTexts(phone, ['Oi']);

    await failure(page, why).getByRole('button', { name: 'Tentar de novo' }).click();
    await expectTicks(page, 'Entregue');
    await expect(failure(page, why)).toHaveCount(0);
    await customer.expectTexts(phone, ['Oi', 'Chegou o seu pedido']);
  });
}

test('a refusal that comes before the answer to the sending is not taken back by it', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);

  await page.route('**/api/send_text', async (route) => {
    const answer = await route.fetch();
    await expect(failure(page, RESTRICTED)).toBeVisible();
    await route.fulfill({ response: answer });
  });
  await emulator.fault({ kind: 'nack' });
  const answered = page.waitForResponse('**/api/send_text');
  await say(page, 'Chegou o seu pedido');
  await answered;
  // The failure is shown after the answer, whatever its result.
  await customer.send(phone, 'Ainda está aí?');
  await expect(log(page).getByText('Ainda está aí?')).toBeVisible();
  await expect(failure(page, RESTRICTED)).toBeVisible({ timeout: 1_000 });
});

test('a message that waited when the number was unlinked says so, and "Tentar de novo" sends it once it is linked', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  const why = 'O número foi desconectado antes do envio. Tente de novo: sai quando o número conectar.';
  await login(page, await inbox.addUser('Ana Alves'));
  const device = await connect(page, phone);
  await customer.send(phone, 'Oi');
  await openChat(page, 'Carla Dias');
  await emulator.fault({ kind: 'replaced' });
  await expectBadge(page, 'Desconectado');
  await expect(page.getByText('Sem conexão: a mensagem será enviada quando o número conectar.')).toBeVisible();
  await say(page, 'Já respondo');
  await expect(log(page).getByRole('img', { name: 'Na fila' })).toBeVisible();

  await phone.unlink(device);
  await alive(page, () => page.getByRole('link', { name: 'Conversas', exact: true }).click());
  await page.getByRole('button', { name: 'Conectar WhatsApp' }).click();
  await expectEnd(page, 'desconectado pelo celular', UNLINKED);
  await openChat(page, 'Carla Dias');
  await failure(page, why).getByRole('button', { name: 'Tentar de novo' }).click();
  await expect(failure(page, why)).toHaveCount(0);

  await alive(page, () => page.getByRole('link', { name: 'Conversas', exact: true }).click());
  await phone.scan(await showQr(page));
  await customer.expectTexts(phone, ['Oi', 'Já respondo']);
});

test.describe('with a queue that keeps messages for two seconds', () => {
  test.use({ flags: ['--queue-for', '2s'] });

  test('a message that waited too long says so, and "Tentar de novo" sends it once there is a connection', async ({ page, inbox, emulator }) => {
    const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
    const why = 'O número ficou desconectado tempo demais para o envio.';
    await login(page, await inbox.addUser('Ana Alves'));
    await connect(page, phone);
    await customer.send(phone, 'Oi');
    await openChat(page, 'Carla Dias');
    await emulator.fault({ kind: 'replaced' });
    await expectBadge(page, 'Desconectado');
    await say(page, 'Já respondo');
    await expect(failure(page, why)).toBeVisible();

    // With the conversation open, the line of the number leads to the page that connects it.
    await page.getByRole('link', { name: 'Conectar', exact: true }).click();
    await page.getByRole('button', { name: 'Conectar WhatsApp' }).click();
    await expectBadge(page, 'Conectado');
    await openChat(page, 'Carla Dias');
    await failure(page, why).getByRole('button', { name: 'Tentar de novo' }).click();
    await expect(failure(page, why)).toHaveCount(0);
    await customer.expectTexts(phone, ['Oi', 'Já respondo']);
  });
});

test('an account that asks for a passkey while it is linked says what to do', async ({ page, inbox, emulator }) => {
  const phone = await emulator.phone('Loja Pirata');
  await login(page, await inbox.addUser('Ana Alves'));
  await emulator.fault({ kind: 'passkey' });
  const qr = await showQr(page);
  await expect(phone.scan(qr)).rejects.toThrow('passkey');
  await expect(page.getByRole('heading', { name: 'O WhatsApp pediu a chave de acesso desta conta' })).toBeVisible();
  await expect(page.getByText('este servidor não tem como usá-la')).toBeVisible();
  const steps = page.getByRole('list').filter({ hasText: 'Chaves de acesso' }).getByRole('listitem');
  await expect(steps).toHaveText([/Configurações › Conta › Chaves de acesso/, /Retire a chave/, /leia um código novo/]);
  // Linking by pairing code would require the passkey as well.
  await expect(page.getByRole('button', { name: 'Conectar com código' })).toBeHidden();
  const share = await page.getByRole('link', { name: 'Mandar estes passos ao dono' }).getAttribute('href');
  const shared = new URL(share!);
  expect(shared.origin + shared.pathname).toBe('https://wa.me/');
  expect(shared.searchParams.get('text')).toMatch(/^1\. No celular deste número.*Chaves de acesso\n2\. Retire.*\n3\. Volte/);
  await page.getByText('O que ficou guardado?').click();
  await expect(page.getByText('Nada. A tentativa terminou antes')).toBeVisible();
  await page.getByRole('button', { name: 'Já retirei, ler código novo' }).click();
  await phone.scan(await readQr(page));
  await expectBadge(page, 'Conectado');
});
