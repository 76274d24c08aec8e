import { expectSays } from '../support/kinds/bubble.ts';
import { MARKUP, READ } from '../support/kinds/hostile.ts';
import { bubble, chat, converse, log, openChat } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('a call rings in the conversation, is rejected there, and says what else became of it', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  const id = await customer.ring(phone, true);
  const ringing = bubble(page, 'Chamada de vídeo · chamando…');
  await expect(ringing).toBeVisible();
  await expect(chat(page, 'Carla Dias')).toContainText('Chamada de vídeo · chamando…');
  await ringing.getByRole('button', { name: 'Recusar' }).click();
  await customer.expectCall(id, 'rejected_by_device');
  const rejected = bubble(page, 'Chamada de vídeo · recusada');
  await expect(rejected).toBeVisible();
  await expect(rejected.getByRole('button', { name: 'Recusar' })).toHaveCount(0);
  await expect(ringing).toHaveCount(0);
  // The button is gone, and the focus stays in the message.
  await expect.poll(() => rejected.evaluate((one) => one.contains(document.activeElement))).toBe(true);

  for (const [how, words] of [
    ['given_up', 'Chamada de voz perdida'],
    ['answered', 'Chamada de voz · atendida em outro aparelho'],
    ['rejected', 'Chamada de voz · recusada'],
  ] as const) {
    const id = await customer.ring(phone);
    await expect(bubble(page, 'Chamada de voz · chamando…')).toBeVisible();
    await customer.endCall(id, how);
    await expect(bubble(page, words)).toBeVisible();
    await expect(chat(page, 'Carla Dias')).toContainText(words);
  }
  await page.reload();
  await expect(log(page).getByRole('article').filter({ hasText: 'Chamada de voz' })).toHaveCount(3);
});

test('a number rejects calls by itself, and the caller gets a text', async ({ page, inbox, emulator }) => {
  const [phone, customer] = await converse(page, inbox, emulator);
  await page.goto('/numeros/1');
  const calls = page.getByRole('region', { name: 'Chamadas' });
  await calls.getByLabel('Recusar chamadas automaticamente').check();
  await calls.getByLabel('Resposta a quem ligou (opcional)').fill(MARKUP);
  // The mark goes with the old page, whose fields have the new values as well.
  await calls.evaluate((region) => region.setAttribute('data-old', ''));
  await calls.getByRole('button', { name: 'Aplicar' }).click();
  await expect(page.locator('[data-old]')).toHaveCount(0);
  await expect(calls.getByLabel('Recusar chamadas automaticamente')).toBeChecked();
  await expect(calls.getByLabel('Resposta a quem ligou (opcional)')).toHaveValue(MARKUP);
  const id = await customer.ring(phone);
  await customer.expectCall(id, 'rejected_by_device');
  await customer.expectTexts(phone, ['Oi', MARKUP]);
  await page.goto('/atendente/inbox-pirata');
  await openChat(page, 'Carla Dias');
  await expectSays(log(page).getByRole('article').last(), [READ]);
  await expect(log(page).locator('script, img[src=x]')).toHaveCount(0);
});
