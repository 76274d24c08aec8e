import type { Locator } from '@playwright/test';

import { photo, tone } from '../support/files.ts';
import { chat, connect, converse, log, login, openChat, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

const bubble = (inside: Locator, hasText: string) => inside.getByRole('article').filter({ hasText });

test('somebody whose name shows nothing goes by the number', async ({ page, inbox, emulator }) => {
  const phone = await emulator.phone('Loja Pirata');
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  for (const name of ['\u3164', '\u2800', '\u200e\u200b\u2060']) {
    const nameless = await emulator.phone(name);
    await nameless.send(phone, `De ${nameless.number}`);
    const [, area, first, last] = /^55(\d\d)(\d+)(\d{4})$/.exec(nameless.number)!;
    const row = page.getByRole('list', { name: 'Conversas' }).getByRole('link').filter({ hasText: `De ${nameless.number}` });
    await expect(row.locator('[dir=auto]').first()).toHaveText(`+55 ${area} ${first}-${last}`);
  }
});

test('what is written reads as on the phone, live, after a reload and in the list', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator, 'Quero *negrito*, _itálico_, ~riscado~, `código` e 2*3*4 snake_case_name');
  const said = bubble(log(page), 'Quero');
  const check = async () => {
    await expect(said).toContainText('Quero negrito, itálico, riscado, código e 2*3*4 snake_case_name');
    await expect(said.getByRole('strong')).toHaveText('negrito');
    await expect(said.getByRole('emphasis')).toHaveText('itálico');
    await expect(said.locator('s')).toHaveText('riscado');
    await expect(said.getByRole('code')).toHaveText('código');
    await expect(said.getByRole('strong')).toHaveCSS('font-weight', /^[67]00$|^bolder$/);
  };
  await check();
  await expect(chat(page, 'Carla Dias')).toContainText('Quero negrito, itálico, riscado, código e 2*3*4 snake_case_name');

  await customer.send(phone, 'Lista:\n- um\n- *dois*\n\n1. primeiro\n2. segundo\n> citado\nfim');
  const list = bubble(log(page), 'Lista:');
  await expect(list.getByRole('listitem')).toHaveText(['um', 'dois', '1. primeiro', '2. segundo']);
  await expect(list.getByRole('blockquote')).toHaveText('citado');
  await expect(list).toContainText('fim');

  // An own message is shown before the server has it.
  await say(page, 'Claro: *amanhã*');
  await expect(bubble(log(page), 'Claro').getByRole('strong')).toHaveText('amanhã');

  // An edited text is parsed again.
  const address = await customer.send(phone, '*sim*');
  await expect(bubble(log(page), 'sim').getByRole('strong')).toHaveText('sim');
  await customer.edit(phone, address, 'nem _sim_ nem não');
  await expect(bubble(log(page), 'nem não').getByRole('emphasis')).toHaveText('sim');

  await page.reload();
  await check();
  await expect(list.getByRole('listitem')).toHaveCount(4);
  await expect(log(page).getByText('<b>')).toHaveCount(0);
});

test('one to three emojis alone are large, the fewer the larger', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const texts = ['🎂', '🐳🐳', '🍕 ❤️ 🇧🇷', '🚗🚗🚗🚗', 'parabéns 🥳'];
  for (const text of texts) await customer.send(phone, text);
  await expect(chat(page, 'Carla Dias')).toContainText('parabéns 🥳');
  await openChat(page, 'Carla Dias');

  /** The size of the letters of a message, in pixels. */
  const size = async (text: string) => {
    const words = bubble(log(page), text).locator('div[dir=auto]');
    await expect(words).toHaveText(text);
    return words.evaluate((element) => parseFloat(getComputedStyle(element.querySelector('span') ?? element).fontSize));
  };
  const check = async () => {
    const [one, two, three, four, normal] = await Promise.all(texts.map(size));
    expect(four).toBe(normal);
    expect(three).toBeGreaterThan(1.5 * normal!);
    expect(two).toBeGreaterThan(three!);
    expect(one).toBeGreaterThan(two!);
    // The time stands below them, at the end.
    for (const text of texts.slice(0, 3)) {
      const message = bubble(log(page), text);
      const [emoji, time, whole] = [
        (await message.locator('div[dir=auto] > span').first().boundingBox())!,
        (await message.locator('time').boundingBox())!,
        (await message.boundingBox())!,
      ];
      expect(time.y).toBeGreaterThan(emoji.y + emoji.height / 2);
      expect(whole.x + whole.width - time.x - time.width).toBeLessThan(20);
    }
  };
  await check();
  await page.reload();
  await check();

  // A message of ours is large once the server has it, and is the same text everywhere.
  await say(page, '🦜');
  await expect.poll(() => size('🦜')).toBe(await size('🎂'));
  await expect(chat(page, 'Carla Dias')).toContainText('🦜');
  await customer.expectTexts(phone, [...texts, '🦜']);
});

test('Ctrl+B and Ctrl+I format what is selected, in the composer and in an edit', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator, 'Que dia?');
  const composer = page.getByRole('textbox', { name: 'Mensagem', exact: true });
  const select = async (field: Locator, words: string) => {
    await field.evaluate((area: HTMLTextAreaElement, words) => {
      const start = area.value.indexOf(words);
      area.setSelectionRange(start, start + words.length);
    }, words);
  };
  await composer.fill('Chega amanhã cedo');
  await expect(composer).toHaveAttribute('aria-keyshortcuts', 'Control+B Control+I Control+Shift+X');
  await expect(composer).toHaveAttribute('title', /Ctrl\+B negrito, Ctrl\+I itálico/);
  await select(composer, 'amanhã');
  await composer.press('Control+b');
  await expect(composer).toHaveValue('Chega *amanhã* cedo');
  await composer.press('Control+z');
  await expect(composer).toHaveValue('Chega amanhã cedo');

  // The same keys remove it, and a space at the end of the selection stays outside.
  await select(composer, 'amanhã ');
  await composer.press('Control+b');
  await expect(composer).toHaveValue('Chega *amanhã* cedo');
  await composer.press('Control+b');
  await expect(composer).toHaveValue('Chega amanhã cedo');
  await select(composer, 'amanhã');
  await composer.press('Control+b');
  await select(composer, 'cedo');
  await composer.press('Control+Shift+x');
  await expect(composer).toHaveValue('Chega *amanhã* ~cedo~');
  await composer.press('Control+Shift+x');
  await composer.press('Control+i');
  await expect(composer).toHaveValue('Chega *amanhã* _cedo_');
  await composer.press('Enter');
  await expect(composer).toHaveValue('');
  const said = bubble(log(page), 'Chega');
  await expect(said.getByRole('strong')).toHaveText('amanhã');
  await expect(said.getByRole('emphasis')).toHaveText('cedo');
  await customer.expectTexts(phone, ['Que dia?', 'Chega *amanhã* _cedo_']);

  // Without a selection the cursor is between the markers.
  await composer.press('Control+b');
  await composer.pressSequentially('oi');
  await expect(composer).toHaveValue('*oi*');
  await composer.fill('');

  await said.hover();
  await said.getByRole('button', { name: 'Mais ações' }).click();
  await page.getByRole('menuitem', { name: 'Editar', exact: true }).click();
  const editor = page.getByRole('textbox', { name: 'Editar mensagem' });
  await expect(editor).toHaveValue('Chega *amanhã* _cedo_');
  await select(editor, 'Chega');
  await editor.press('Control+i');
  await page.getByRole('button', { name: 'Salvar', exact: true }).click();
  await expect(said.getByRole('emphasis')).toHaveText(['Chega', 'cedo']);
  await customer.expectTexts(phone, ['Que dia?', '_Chega_ *amanhã* _cedo_']);
});

test('a long text, or one of many short lines, is read on in its place, and stays so', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const address = await customer.send(phone, `Pedido\n${'uma linha do pedido\n'.repeat(400)}fim do *pedido*`);
  await openChat(page, 'Carla Dias');
  const said = bubble(log(page), 'Pedido');
  await expect(said).not.toContainText('fim do');
  const link = said.getByRole('link', { name: 'Ler mais' });
  const whole = await page.request.get((await link.getAttribute('href'))!);
  expect(await whole.text()).toContain('fim do *pedido*');
  await link.click();
  await expect(said).toContainText('fim do pedido');
  await expect(said.getByRole('strong')).toHaveText('pedido');
  await expect(link).toHaveCount(0);

  // After a reaction the text stays expanded; after an edit it is collapsed again.
  await customer.react(phone, address, '👍');
  await expect(said).toContainText('👍');
  await expect(said).toContainText('fim do pedido');
  await customer.edit(phone, address, `Pedido\n${'uma linha do pedido\n'.repeat(400)}outro fim`);
  await expect(said).not.toContainText('fim do');
  await link.click();
  await expect(said).toContainText('outro fim');
  await customer.edit(phone, address, `Pedido novo\n${'outra linha\n'.repeat(600)}fim`);
  await expect(said).toContainText('Pedido novo');
  await expect(link).toBeVisible();

  await customer.send(phone, `Lista\n${'ok\n'.repeat(900)}fim da lista`);
  const list = bubble(log(page), 'Lista');
  await expect(list).not.toContainText('fim da lista');
  await list.getByRole('link', { name: 'Ler mais' }).click();
  await expect(list).toContainText('fim da lista');
});

test('addresses are links, exactly, and nothing else is', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const links: [text: string, shown: string, address?: string][] = [
    ['Veja Https://Loja.example/Azul.', 'Https://Loja.example/Azul'],
    ['em www.loja.example, sim', 'www.loja.example', 'https://www.loja.example'],
    ['www.example.com.br/x', 'www.example.com.br/x', 'https://www.example.com.br/x'],
    ['Escreva a ana@loja.example.', 'ana@loja.example', 'mailto:ana@loja.example'],
    ['_ana_alves@loja.com.br_', 'ana_alves@loja.com.br', 'mailto:ana_alves@loja.com.br'],
    ['Ligue: +55 61 99812-4471, ok?', '+55 61 99812-4471', 'tel:+5561998124471'],
    ['*(61) 99812-4472*', '(61) 99812-4472', 'tel:+5561998124472'],
    ['zap 61998124473', '61998124473', 'tel:+5561998124473'],
    ['(https://pt.wikipedia.org/wiki/Ceres_(planeta))', 'https://pt.wikipedia.org/wiki/Ceres_(planeta)'],
    ['<https://loja.example/x>', 'https://loja.example/x'],
    ['https://loja.example/Foo_', 'https://loja.example/Foo_'],
    ['*https://loja.example/y*', 'https://loja.example/y'],
    ['_https://loja.example/a_b_', 'https://loja.example/a_b'],
  ];
  for (const [text] of links) await customer.send(phone, text);
  await customer.send(phone, '@ana javascript:alert(1) data:text/html,x CPF 529.982.247-25 R$ 1.234,56 arquivo.pdf <b>x</b>');
  await openChat(page, 'Carla Dias');
  await expect(log(page).getByRole('link')).toHaveText(links.map(([, shown]) => shown));
  for (const [, shown, address] of links) {
    const link = log(page).getByRole('link', { name: shown, exact: true });
    await expect(link).toHaveAttribute('href', address ?? shown);
    await expect(link).toHaveAttribute('rel', 'noopener noreferrer nofollow');
    await expect(link).toHaveAttribute('target', '_blank');
  }
  await expect(log(page).getByText('arquivo.pdf <b>x</b>')).toBeVisible();
});

test('from right to left is read from right to left, and stays inside its own bounds', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('أحمد (المتجر)!')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  await customer.send(phone, 'مرحبا بك!');
  await customer.send(phone, 'Olá\nשלום!');
  const row = chat(page, 'أحمد (المتجر)!');
  await row.click();

  /** Horizontal position of a character. */
  const place = (words: Locator, letter: string) =>
    words.evaluate((element, letter) => {
      const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      for (let node = texts.nextNode(); node; node = texts.nextNode()) {
        const at = node.nodeValue!.lastIndexOf(letter);
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + 1);
        return range.getBoundingClientRect().left;
      }
      throw new Error(`no ${letter}`);
    }, letter);
  for (const [text, first] of [['مرحبا بك!', 'م'], ['שלום!', 'ש']] as const) {
    const words = bubble(log(page), text).locator('[dir=auto]').last();
    await expect(words).toBeVisible();
    expect(await place(words, '!'), `${text} ends at the left`).toBeLessThan(await place(words, first));
  }
  const named = page.getByRole('heading', { name: 'أحمد (المتجر)!' });
  expect(await place(named, '!')).toBeLessThan(await place(named, 'أ'));
  // A message of another author is where it always is.
  const [area, box] = [(await log(page).boundingBox())!, (await bubble(log(page), 'مرحبا').boundingBox())!];
  expect(box.x + box.width / 2).toBeLessThan(area.x + area.width / 2);
});

test('a file has a name that is what it seems, and what the browser cannot show is one to download, never a broken picture', async ({ page, browser, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const junk = Buffer.from('ftypheic');
  const zip = { kind: 'document', mime: 'application/zip', bytes: Buffer.from('PK') } as const;
  await customer.sendMedia(phone, zip);
  await customer.sendMedia(phone, { ...zip, file_name: 'orçamento' });
  await customer.sendMedia(phone, { ...zip, file_name: 'nota\u202efdp.exe' });
  await customer.sendMedia(phone, { kind: 'image', mime: 'image/heic', bytes: junk });
  await customer.sendMedia(phone, { kind: 'sticker', mime: 'application/was', bytes: junk });
  await openChat(page, 'Carla Dias');
  // A name has the ending of its type.
  for (const name of ['documento.zip', 'orçamento.zip', 'notafdp.exe', 'foto.heic']) {
    const download = page.waitForEvent('download');
    await log(page).getByRole('link', { name }).click();
    expect((await download).suggestedFilename()).toBe(name);
  }
  expect(await page.content()).not.toContain('\u202e');
  // A sticker of vector graphics is of no use to anybody as a file.
  await expect(bubble(log(page), 'Figurinha')).toContainText('Veja no celular');
  await expect(log(page).getByRole('img', { name: /Foto|Figurinha/ })).toHaveCount(0);

  await customer.sendMedia(phone, { kind: 'voice', mime: 'audio/opus', bytes: tone(2), seconds: 2 });
  const audio = log(page).locator('audio');
  await expect.poll(() => audio.evaluate((player: HTMLAudioElement) => player.duration)).toBeCloseTo(2, 0);

  // The file claims to be a picture and is none.
  await customer.sendMedia(phone, { kind: 'image', mime: 'image/jpeg', bytes: junk, caption: 'estragada' });
  await customer.sendMedia(phone, { kind: 'voice', mime: 'audio/ogg; codecs=opus', bytes: junk });
  const check = async () => {
    await expect(bubble(log(page), 'estragada').getByRole('link')).toHaveText(/^Foto/);
    await expect(bubble(log(page), 'estragada').getByRole('img', { name: 'Foto' })).toBeHidden();
    await expect(log(page).getByRole('link').filter({ hasText: 'Áudio' })).toBeVisible();
  };
  await check();
  const whole = await photo(browser, 'inteira', { width: 300, height: 200 });
  await customer.sendMedia(phone, { kind: 'image', mime: 'image/jpeg', bytes: whole, caption: 'inteira' });
  await expect(bubble(log(page), 'inteira').getByRole('img', { name: 'Foto' })).toBeVisible();
  await page.reload();
  await check();
});

test('emojis that look alike are two reactions', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  const said = await customer.send(phone, 'Chegou!');
  await openChat(page, 'Carla Dias');
  for (const [theirs, ours] of [['👍🏽', '👍'], ['❤️', '❤']] as const) {
    await customer.react(phone, said, theirs);
    await expect(bubble(log(page), 'Chegou!')).toContainText(theirs);
    await phone.react(customer, said, ours);
    for (const emoji of [theirs, ours]) {
      await expect(log(page).getByRole('button', { name: `${emoji} 1: quem reagiu`, exact: true })).toBeVisible();
    }
  }
});
