import { type Locator, type Page, expect } from '@playwright/test';

import { attach, chooseToAttach, dialog, sendChosen } from '../attach.ts';
import type { Phone } from '../emulator.ts';
import { pdf, sha256, video } from '../files.ts';
import { expectTicks, log, say } from '../page.ts';
import { openStickers } from '../stickers.ts';
import { bar, record } from '../voice.ts';
import type { Shown } from './bubble.ts';
import type { Files } from './files.ts';

/** A kind of message that is sent from the browser, what the customer's phone has then, and what pages show of it. */
export interface Outgoing {
  kind: string;
  /** Sends it from the open conversation, whose first message the customer has written: "Oi". */
  send: (page: Page, files: Files) => Promise<void>;
  /** Fields of the newest message on the phone. */
  arrives: (files: Files) => object;
  /** The last bubble; absent if this makes none. */
  shown?: Shown;
}

/** Waits until the newest message on the customer's phone has these fields. */
export async function expectArrived(customer: Phone, shop: Phone, fields: object): Promise<void> {
  const newest = async () => (await customer.messages(shop)).at(-1);
  const message = 'the newest message on the phone';
  await expect.poll(newest, { message, intervals: [50, 100, 200] }).toMatchObject({ from: shop.number, from_me: false, ...fields });
}

const GATE = { latitude: -15.794229, longitude: -47.882166 };

const firstOf = (page: Page) => log(page).getByRole('article').first();
const lastOf = (page: Page) => log(page).getByRole('article').last();

/** Chooses an entry of the menu of a message. */
async function choose(message: Locator, name: string): Promise<void> {
  await message.hover();
  await message.getByRole('button', { name: 'Mais ações' }).click();
  await message.page().getByRole('menuitem', { name, exact: true }).click();
}

/** Says something, and waits until the customer has it. */
async function haveSaid(page: Page, text: string): Promise<Locator> {
  await say(page, text);
  await expect(lastOf(page)).toContainText(text);
  await expectTicks(page, 'Entregue');
  return lastOf(page);
}

async function sendForm(form: Locator): Promise<void> {
  await form.getByRole('button', { name: 'Enviar', exact: true }).click();
  await expect(form).toHaveCount(0);
}

const jpeg = (name: string, buffer: Buffer) => ({ name, mimeType: 'image/jpeg', buffer });

export const OUTGOING: Outgoing[] = [
  {
    kind: 'a text',
    send: (page) => say(page, 'Temos *sim* <b>!</b>'),
    arrives: () => ({ kind: 'text', text: 'Temos *sim* <b>!</b>', quoted: null }),
    shown: { says: ['Temos sim <b>!</b>'], holds: ['.text strong'] },
  },
  {
    kind: 'an answer',
    send: async (page) => {
      await firstOf(page).hover();
      await firstOf(page).getByRole('button', { name: 'Responder', exact: true }).click();
      await say(page, 'Até sábado');
    },
    arrives: () => ({ kind: 'text', text: 'Até sábado', quoted: expect.any(String) }),
    shown: { says: ['Oi', 'Até sábado'], holds: ['button.quote'] },
  },
  {
    kind: 'a text with the preview of a link',
    send: async (page, { link }) => {
      const composer = page.getByRole('textbox', { name: 'Mensagem', exact: true });
      await composer.fill(`Esta: ${link}`);
      await expect(page.getByRole('group', { name: 'Prévia do link' })).toContainText('Camiseta azul');
      await composer.press('Enter');
      await expect(composer).toHaveValue('');
    },
    arrives: ({ link }) => ({ kind: 'text', text: `Esta: ${link}`, link_preview: { url: link, title: 'Camiseta azul' } }),
    shown: { says: ['Camiseta azul', '127.0.0.1', 'Esta:'], holds: ['header a', 'header img'] },
  },
  {
    kind: 'an edited text',
    send: async (page) => {
      await choose(await haveSaid(page, 'Custa R$ 189'), 'Editar');
      await page.getByRole('textbox', { name: 'Editar mensagem' }).fill('Custa R$ 198');
      await page.getByRole('button', { name: 'Salvar', exact: true }).click();
    },
    arrives: () => ({ kind: 'text', text: 'Custa R$ 198', edited: true }),
    shown: { says: ['Custa R$ 198', 'editada'] },
  },
  {
    kind: 'a text that is deleted for everybody',
    send: async (page) => {
      await choose(await haveSaid(page, 'Engano'), 'Apagar para todos');
      await page.getByRole('dialog', { name: 'Apagar para todos?' }).getByRole('button', { name: 'Apagar', exact: true }).click();
    },
    arrives: () => ({ kind: 'revoked' }),
    shown: { says: ['Mensagem apagada'], lacks: { words: 'Engano' } },
  },
  {
    kind: 'a reaction',
    send: async (page) => {
      await choose(firstOf(page), 'Reagir');
      await page.getByRole('dialog').getByRole('button', { name: '👍', exact: true }).click();
    },
    arrives: () => ({ kind: 'reaction', text: '👍', quoted: expect.any(String) }),
  },
  {
    kind: 'a forwarded text',
    send: async (page) => {
      await choose(firstOf(page), 'Encaminhar');
      const to = page.getByRole('dialog', { name: 'Encaminhar para' });
      await to.getByRole('checkbox', { name: 'Carla Dias' }).check();
      await to.getByRole('button', { name: 'Encaminhar', exact: true }).click();
      await expect(to).toBeHidden();
    },
    arrives: () => ({ kind: 'text', text: 'Oi', forwarded: 1 }),
    shown: { says: ['Encaminhada', 'Oi'] },
  },
  {
    kind: 'a photo',
    send: async (page, { photo }) => {
      const shown = await attach(page, jpeg('modelo.jpg', photo));
      await shown.getByRole('textbox', { name: 'Legenda' }).fill('O azul');
      await sendChosen(page);
    },
    arrives: () => ({ kind: 'image', mime: 'image/jpeg', caption: 'O azul', media: { width: 800, height: 600 }, sha256: expect.any(String) }),
    shown: { says: ['O azul'], holds: ['a.picture[href^="/midia/"] img[alt="Foto"]'] },
  },
  {
    kind: 'a video',
    send: async (page) => {
      await attach(page, { name: 'filme.mp4', mimeType: 'video/mp4', buffer: video() });
      await sendChosen(page);
    },
    arrives: () => ({ kind: 'video', mime: 'video/mp4', sha256: sha256(video()), media: { seconds: 2 } }),
    shown: { says: [], holds: ['video[src^="/midia/"]'] },
  },
  {
    kind: 'a document',
    send: async (page) => {
      await attach(page, { name: 'nota.pdf', mimeType: 'application/pdf', buffer: pdf('Nota') }, 'Documento');
      await sendChosen(page);
    },
    arrives: () => ({ kind: 'document', name: 'nota.pdf', mime: 'application/pdf', sha256: sha256(pdf('Nota')) }),
    shown: { says: ['nota.pdf'], holds: ['a.file[href^="/midia/"]'] },
  },
  {
    kind: 'a photo to be viewed once',
    send: async (page, { photo }) => {
      await attach(page, jpeg('segredo.jpg', photo));
      await dialog(page).getByRole('switch', { name: 'Visualização única' }).check();
      await sendChosen(page);
    },
    arrives: () => ({ kind: 'image', view_once: true, sha256: expect.any(String) }),
    shown: { says: ['Foto', 'de visualização única'], lacks: { elements: '.media img, .media a[href]' } },
  },
  {
    kind: 'a voice note',
    send: async (page) => {
      await record(page);
      await bar(page).getByRole('button', { name: 'Enviar áudio' }).click();
      await expect(bar(page)).toHaveCount(0);
    },
    arrives: () => ({ kind: 'audio', media: { mime: 'audio/ogg; codecs=opus', ptt: true, waveform: expect.any(String) }, sha256: expect.any(String) }),
    shown: { says: [], plain: ['audio[controls]'], live: ['role=button[name="Reproduzir"]'] },
  },
  {
    kind: 'a sticker',
    send: async (page, { photo }) => {
      const panel = await openStickers(page);
      const chooser = page.waitForEvent('filechooser');
      await panel.getByRole('button', { name: /^Criar .*imagem$/ }).click();
      await (await chooser).setFiles(jpeg('gato.jpg', photo));
      await panel.getByRole('group', { name: 'Nova figurinha' }).getByRole('button', { name: 'Enviar figurinha' }).click();
      await page.keyboard.press('Escape');
      await expect(panel).toBeHidden();
    },
    arrives: () => ({ kind: 'sticker', mime: 'image/webp', media: { width: 512, height: 512 }, sha256: expect.any(String) }),
    shown: { says: [], holds: ['.sticker img[alt="Figurinha"]'] },
  },
  {
    kind: 'a place',
    send: async (page) => {
      await chooseToAttach(page, 'Localização');
      const form = page.getByRole('dialog', { name: 'Enviar localização' });
      await form.getByRole('textbox', { name: 'Coordenadas ou link do mapa' }).fill('-15.794229, -47.882166');
      await form.getByRole('textbox', { name: 'Nome do lugar' }).fill('Portão 2');
      await form.getByRole('textbox', { name: 'Endereço' }).fill('SQN 102');
      await sendForm(form);
    },
    arrives: () => ({ kind: 'location', location: { ...GATE, name: 'Portão 2', address: 'SQN 102' } }),
    shown: { says: ['Localização', 'Portão 2', 'SQN 102'], holds: ['figure a'] },
  },
  {
    kind: 'contacts',
    send: async (page) => {
      await chooseToAttach(page, 'Contato');
      const form = page.getByRole('dialog', { name: 'Enviar contato' });
      await form.getByRole('list', { name: 'Pessoas deste número' }).getByRole('checkbox', { name: /Carla Dias/ }).check();
      await form.getByText('Outro contato', { exact: true }).click();
      await form.getByRole('textbox', { name: 'Nome' }).fill('Eva Sá');
      await form.getByRole('textbox', { name: 'Telefone' }).fill('+55 61 3333-0000');
      await form.getByRole('button', { name: 'Adicionar contato' }).click();
      await sendForm(form);
    },
    arrives: () => ({ kind: 'contact', contacts: [{ name: 'Carla Dias' }, { name: 'Eva Sá', numbers: ['+55 61 3333-0000'] }] }),
    shown: { says: ['Contato', 'Carla Dias', 'Eva Sá', '+55 61 3333-0000'], holds: ['address a'] },
  },
  {
    kind: 'a poll',
    send: async (page) => {
      await chooseToAttach(page, 'Enquete');
      const form = page.getByRole('dialog', { name: 'Enquete' });
      await form.getByLabel('Pergunta').fill('Que dia?');
      const options = form.getByRole('listitem').getByRole('textbox');
      await options.nth(0).fill('Segunda');
      await options.nth(1).fill('Terça');
      await sendForm(form);
    },
    arrives: () => ({ kind: 'poll', options: ['Segunda', 'Terça'] }),
    // The number votes in it next.
    shown: { says: ['Enquete', 'Que dia?', 'Segunda', 'Terça', 'Ver votos'], holds: ['li a[href^="/enquete/"]'] },
  },
  {
    kind: 'a vote',
    send: async (page) => {
      const poll = lastOf(page);
      await poll.getByRole('listitem').getByRole('link', { name: 'Segunda' }).click();
      await expect(poll).toContainText('1 pessoa votou');
    },
    arrives: () => ({ kind: 'poll_vote', options: ['Segunda'], quoted: expect.any(String) }),
  },
  {
    kind: 'a text in a conversation with a timer',
    send: async (page) => {
      await page.getByRole('link', { name: 'Mensagens temporárias' }).click();
      const timer = page.getByRole('dialog', { name: 'Mensagens temporárias' });
      await timer.getByRole('radio', { name: '24 horas' }).check();
      await timer.getByRole('button', { name: 'Salvar', exact: true }).click();
      await expect(timer).toHaveCount(0);
      await expect(lastOf(page)).toContainText('Mensagens temporárias: 24 h');
      await say(page, 'Isto some');
    },
    arrives: () => ({ kind: 'text', text: 'Isto some', expiration: 86_400 }),
    shown: { says: ['Isto some'] },
  },
];
