import { chat, converse, say } from '../support/page.ts';
import { expect, test } from '../support/test.ts';
import { expectSaid, record } from '../support/voice.ts';

test('the customer sees that somebody types or records, and that it is over', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const field = page.getByRole('textbox', { name: 'Mensagem' });
  await field.pressSequentially('Temos sim');
  await customer.expectTyping(phone, 'composing');
  // Nothing is typed for a while.
  await customer.expectTyping(phone, 'paused');
  await field.press('!');
  await customer.expectTyping(phone, 'composing');
  await say(page, 'Temos, em azul');
  await customer.expectTexts(phone, ['Oi', 'Temos, em azul']);
  await customer.expectTyping(phone, 'paused');

  const bar = await record(page);
  await customer.expectTyping(phone, 'recording');
  await bar.getByRole('button', { name: 'Pausar' }).click();
  await expectSaid(page, 'Gravação pausada');
  await customer.expectTyping(phone, 'paused');
});

test('what the customer types or records is shown in the list and above the conversation', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const above = page.locator('.conversation-head');
  for (const [state, words] of [
    ['composing', 'digitando…'],
    ['recording', 'gravando áudio…'],
  ] as const) {
    await customer.type(phone, state);
    await expect(chat(page, 'Carla Dias')).toContainText(words);
    await expect(above).toContainText(words);
  }
  await customer.type(phone, 'paused');
  await expect(above).not.toContainText('gravando áudio…');
  await expect(chat(page, 'Carla Dias')).toContainText('Oi');
});
