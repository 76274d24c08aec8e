import type { NewMedia, Phone } from '../emulator.ts';
import { pdf, tone, video } from '../files.ts';
import type { Shown } from './bubble.ts';
import type { Files } from './files.ts';
import { bytesField, textField } from './protobuf.ts';

/** A kind of message that phones send, and what pages show of it. Each makes one bubble. */
export interface Incoming extends Shown {
  kind: string;
  /** Sends it. The customer has written something to the shop before. */
  send: (customer: Phone, shop: Phone, files: Files) => Promise<unknown>;
  /** The last words in the list of conversations. */
  row?: string;
  /** Nobody can answer it; some stand in the middle, as days do. */
  notice?: 'bubble' | 'middle';
}

const LINK = 'https://loja.example/azul?tam=38&cor=1';
const GATE = { latitude: -15.794229, longitude: -47.882166 };
const MAP = 'figure a[href="https://www.google.com/maps?q=-15.794229,-47.882166"][target=_blank][rel~=noopener]';
const PLAYER = { plain: ['audio[controls]'], live: ['role=button[name="Reproduzir"]'] };

const writes = (body: object) => (customer: Phone, shop: Phone) => customer.write(shop, body);
const sends = (media: (files: Files) => NewMedia) => (customer: Phone, shop: Phone, files: Files) => customer.sendMedia(shop, media(files));
const shares = (...places: object[]) => async (customer: Phone, shop: Phone) => {
  for (const place of places) await customer.write(shop, { live_location: place });
};

const first = async (customer: Phone, shop: Phone) => (await customer.messages(shop))[0]!.id;

export const INCOMING: Incoming[] = [
  {
    kind: 'a text with formatting and a link',
    send: writes({ text: `Vi em ${LINK}. <b>Tem?</b> *Quero* _dois_ ~ou três~ \`A1\`` }),
    says: [`Vi em ${LINK}. <b>Tem?</b> Quero dois ou três A1`],
    holds: [`a[href="${LINK}"][target=_blank][rel~=noopener]`, '.text strong', '.text em', '.text s', '.text code'],
    row: `Vi em ${LINK}. <b>Tem?</b> Quero dois ou três A1`,
  },
  {
    kind: 'a text with a list and a quote',
    send: writes({ text: 'Lista:\n- um\n- dois\n1. primeiro\n> citado' }),
    says: ['Lista:', 'um', 'dois', '1. primeiro', 'citado'],
    holds: ['ul li', 'ol li', 'blockquote'],
  },
  // Of places that are shared for a time in one second only one is shown: the other one is far below.
  {
    kind: 'a place that was shared for a time',
    send: shares({ latitude: 1, longitude: 2, sequence: 1 }, { latitude: 3, longitude: 2, sequence: 2 }, { latitude: 4, longitude: 2, ended: true }),
    says: ['Localização', '4.000000, 2.000000'],
    lacks: { words: 'em tempo real' },
    row: 'Localização',
  },
  { kind: 'an emoji', send: writes({ text: '🎂' }), says: ['🎂'], holds: ['.text > span'], row: '🎂' },
  {
    kind: 'a text with the preview of a link',
    send: (customer, shop, { thumbnail }) => {
      const thumbnail_base64 = thumbnail.toString('base64');
      return customer.sendLinked(shop, `Esta: ${LINK}`, { url: LINK, title: 'Camiseta azul', description: '100% algodão', thumbnail_base64 });
    },
    says: ['Camiseta azul', '100% algodão', 'loja.example', `Esta: ${LINK}`],
    holds: [`header a[href="${LINK}"]`, 'header img[src$="/previa"]'],
    row: `Esta: ${LINK}`,
  },
  {
    kind: 'an answer',
    send: async (customer, shop) => customer.reply(shop, await first(customer, shop), 'Sobre isso'),
    says: ['Oi', 'Sobre isso'],
    holds: ['button.quote'],
    row: 'Sobre isso',
  },
  {
    kind: 'an answer to a status',
    send: writes({ text: 'Que linda!', reply_to_status: { id: '3EB0AAAA', text: 'Coleção nova' } }),
    says: ['Que linda!'],
    row: 'Que linda!',
  },
  {
    kind: 'a text of who came from an ad',
    send: writes({ text: 'Tenho interesse', external_ad_reply: { title: 'Pratos pintados', body: 'Feitos à mão', source_url: 'https://loja.example', source_id: '7' } }),
    says: ['Tenho interesse'],
    row: 'Tenho interesse',
  },
  { kind: 'a forwarded text', send: writes({ text: 'Repassando', forwarded: 1 }), says: ['Encaminhada', 'Repassando'], row: 'Repassando' },
  { kind: 'a chain letter', send: writes({ text: 'Corrente', forwarded: 5 }), says: ['Encaminhada muitas vezes', 'Corrente'], row: 'Corrente' },
  {
    kind: 'a text with a mention',
    send: (customer, shop) => customer.write(shop, { text: `@${shop.number} veja`, mentions: [shop.number] }),
    says: ['veja'],
    row: 'veja',
  },
  { kind: 'a text of a broadcast list', send: writes({ text: 'Para todos da lista', broadcast: '1700000000' }), says: ['Para todos da lista'], row: 'Para todos da lista' },
  { kind: 'a text of a hosted device', send: writes({ text: 'Da hospedagem', hosted: true }), says: ['Da hospedagem'], row: 'Da hospedagem' },
  {
    kind: 'an edited text',
    send: async (customer, shop) => customer.edit(shop, await customer.send(shop, 'E este?'), 'E este <i>aqui</i>: https://loja.example/verde'),
    says: ['E este <i>aqui</i>: https://loja.example/verde', 'editada'],
    holds: ['a[href="https://loja.example/verde"]'],
    row: 'E este <i>aqui</i>: https://loja.example/verde',
  },
  {
    kind: 'a text that was deleted for everybody',
    send: async (customer, shop) => customer.revoke(shop, await customer.send(shop, 'Engano')),
    says: ['Mensagem apagada'],
    lacks: { words: 'Engano' },
    row: 'Mensagem apagada',
  },
  {
    kind: 'a reaction',
    send: async (customer, shop) => customer.react(shop, await customer.send(shop, 'Chegou!'), '❤️'),
    says: ['Chegou!', '❤️'],
    holds: ['role=button[name="❤️ 1: quem reagiu"]'],
  },
  {
    kind: 'a photo',
    send: sends(({ photo }) => ({ kind: 'image', mime: 'image/jpeg', bytes: photo, caption: 'Tem *esse*?', width: 800, height: 600 })),
    says: ['Tem esse?'],
    holds: ['a.picture[href^="/midia/"] img[alt="Foto"]', '.text strong'],
    row: 'Tem esse?',
  },
  {
    kind: 'a photo to be viewed once',
    send: (customer, shop, { photo }) => {
      const media = { kind: 'image', mime: 'image/jpeg', base64: photo.toString('base64'), caption: 'só uma vez' };
      return customer.write(shop, { media, view_once: true });
    },
    says: ['Foto', 'Veja no celular', 'só uma vez'],
    lacks: { elements: '.media, img' },
    row: 'só uma vez',
  },
  {
    kind: 'a video',
    send: sends(() => ({ kind: 'video', mime: 'video/mp4', bytes: video(), caption: 'O filme', seconds: 2, width: 48, height: 48 })),
    says: ['O filme'],
    holds: ['video[aria-label="Vídeo"][src^="/midia/"]'],
    row: 'O filme',
  },
  {
    kind: 'a GIF',
    send: sends(() => ({ kind: 'video', mime: 'video/mp4', bytes: video(), seconds: 2, width: 48, height: 48, gif_playback: true })),
    says: [],
    holds: ['video[src^="/midia/"]'],
    row: 'Vídeo',
  },
  { kind: 'an audio file', send: sends(() => ({ kind: 'audio', mime: 'audio/wav', bytes: tone(2), seconds: 2 })), says: [], row: 'Áudio', ...PLAYER },
  { kind: 'a voice note', send: sends(() => ({ kind: 'voice', mime: 'audio/wav', bytes: tone(2), seconds: 2 })), says: [], row: 'Áudio', ...PLAYER },
  {
    kind: 'a document',
    send: sends(() => ({ kind: 'document', mime: 'application/pdf', bytes: pdf('Nota'), file_name: 'nota <b>fiscal.pdf', caption: 'A nota' })),
    says: ['nota <b>fiscal.pdf', 'A nota'],
    holds: ['a.file[href^="/midia/"]'],
    row: 'A nota',
  },
  {
    kind: 'a sticker',
    send: sends(({ sticker }) => ({ kind: 'sticker', mime: 'image/webp', bytes: sticker, width: 512, height: 512 })),
    says: [],
    holds: ['.sticker img[alt="Figurinha"]'],
    row: 'Figurinha',
  },
  {
    kind: 'a sticker that moves',
    send: sends(({ moving }) => ({ kind: 'sticker', mime: 'image/webp', bytes: moving, width: 512, height: 512, animated: true })),
    says: [],
    holds: ['.sticker img[alt="Figurinha"]'],
    row: 'Figurinha',
  },
  {
    kind: 'a place',
    send: writes({ location: { ...GATE, name: 'Portão 2', address: 'SQN 102, Bloco A' } }),
    says: ['Localização', 'Portão 2', 'SQN 102, Bloco A', '-15.794229, -47.882166'],
    holds: [MAP],
    row: 'Localização: Portão 2',
  },
  {
    kind: 'a place that is shared for a time',
    send: shares({ latitude: 5, longitude: 6, sequence: 1, caption: 'chegando' }, { latitude: 7, longitude: 6, sequence: 2 }),
    says: ['Localização em tempo real', 'chegando', '7.000000, 6.000000'],
    row: 'Localização em tempo real: chegando',
  },
  {
    kind: 'a contact',
    send: writes({ contact: { name: 'Rui Sá', number: '5561999990000' } }),
    says: ['Contato', 'Rui Sá', '+55 61 99999-0000'],
    holds: ['address a[href^="/nova-conversa?telefone=%2B5561999990000&numero="]'],
    row: 'Contato: Rui Sá',
  },
  {
    kind: 'several contacts',
    send: writes({ contacts: [{ name: 'Rui Sá', number: '5561999990000' }, { name: 'Eva Lima', number: '14155550100' }] }),
    says: ['Contato', 'Rui Sá', '+55 61 99999-0000', 'Eva Lima', '+1 415-555-0100'],
    holds: ['address a[href^="/nova-conversa?telefone=%2B14155550100&numero="]'],
    row: 'Contato: Rui Sá',
  },
  {
    kind: 'a poll with one answer',
    send: writes({ poll: { name: 'Que dia?', options: ['Segunda', 'Terça'] } }),
    says: ['Enquete', 'Que dia?', 'Uma resposta · ninguém votou ainda', 'Segunda', 'Terça', 'Ver votos'],
    holds: ['li a[href^="/enquete/"]'],
    row: 'Enquete: Que dia?',
  },
  {
    kind: 'a poll with several answers, and a vote in it',
    send: async (customer, shop) => {
      const id = await customer.write(shop, { poll: { name: 'Que cores?', options: ['Azul', 'Verde'], multiple: true } });
      await customer.vote(shop, id, ['Azul', 'Verde']);
    },
    says: ['Que cores?', 'Uma ou mais respostas · 1 pessoa votou', 'Azul 1', 'Verde 1'],
    row: 'Enquete: Que cores?',
  },
  { kind: 'the answer to a button', send: writes({ button_reply: { id: 'a', text: 'Quero retirar' } }), says: ['Quero retirar'], row: 'Quero retirar' },
  { kind: 'the answer to a list', send: writes({ list_reply: { id: 'b', title: 'Entrega', description: 'até sábado' } }), says: ['Entrega'], row: 'Entrega' },
  { kind: 'the answer to a template', send: writes({ template_reply: { id: 'c', text: 'Falar com alguém' } }), says: ['Falar com alguém'], row: 'Falar com alguém' },
  {
    kind: 'an order',
    send: writes({ order: { id: '9', title: 'Pedido da Carla', items: 2, total_1000: 189_000, currency: 'BRL', text: 'Pode separar?' } }),
    says: ['Pedido da Carla', 'Pode separar?'],
  },
  {
    kind: 'a product',
    send: writes({ product: { id: '5', title: 'Prato azul', description: 'De cerâmica', price_1000: 94_500, currency: 'BRL', text: 'Tem este?' } }),
    says: ['Prato azul', 'Tem este?'],
  },
  {
    kind: 'a template',
    send: writes({ template: { title: 'Aviso', text: 'Seu boleto vence hoje', footer: 'Loja', buttons: [{ reply: { id: 'd', text: 'Já paguei' } }] } }),
    says: ['Seu boleto vence hoje', 'Loja'],
  },
  {
    // `eventMessage` with its name.
    kind: 'an event',
    send: (customer, shop) => customer.sendContent(shop, bytesField(75, textField(3, 'Festa de 10 anos'))),
    says: ['Festa de 10 anos', 'Veja no celular'],
  },
  {
    // `messageContextInfo` with a secret alone, which the content would follow that the library has no name for.
    kind: 'a kind that nobody knows',
    send: (customer, shop) => customer.sendContent(shop, bytesField(35, bytesField(3, Buffer.alloc(32, 7)))),
    says: ['Veja no celular'],
  },
  { kind: 'a missed voice call', send: (customer, shop) => customer.call(shop), says: ['Chamada de voz perdida'], row: 'Chamada de voz perdida', notice: 'bubble' },
  {
    kind: 'a missed video call',
    send: async (customer, shop) => customer.endCall(await customer.ring(shop, true), 'given_up'),
    says: ['Chamada de vídeo perdida'],
    row: 'Chamada de vídeo perdida',
    notice: 'bubble',
  },
  {
    kind: 'a timer of disappearing messages',
    send: writes({ disappearing_timer: 604_800 }),
    says: ['Mensagens temporárias: 7 dias'],
    row: 'Mensagens temporárias: 7 dias',
    notice: 'middle',
  },
  {
    kind: 'the end of that timer',
    send: writes({ disappearing_timer: 0 }),
    says: ['Mensagens temporárias: des'],
    row: 'Mensagens temporárias: des',
    notice: 'middle',
  },
];
