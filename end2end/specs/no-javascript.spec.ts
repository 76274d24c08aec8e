import { chat, connect, expectBadge, expectConversation, fillLogin, login, pressEnterOn } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test.use({ javaScriptEnabled: false });

test('state, chats, messages and the rest of a long text can be read without JavaScript', async ({ browser, page, inbox, emulator }) => {
  const ana = await inbox.addUser('Ana Alves');
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  const scripted = await browser.newContext({ javaScriptEnabled: true });
  const other = await scripted.newPage();
  await login(other, ana);
  await connect(other, phone);
  await customer.send(phone, `Pedido\n${'uma linha do pedido\n'.repeat(400)}fim do pedido`);
  await customer.send(phone, 'Vocês entregam no sábado?');
  await expect(chat(other, 'Carla Dias')).toContainText('Vocês entregam no sábado?');
  await scripted.close();

  await page.goto('/entrar');
  await fillLogin(page, ana);
  await pressEnterOn(page.getByRole('button', { name: 'Entrar' }));
  await expectBadge(page, 'Conectado');
  await expect(chat(page, 'Carla Dias')).toContainText('Vocês entregam no sábado?');
  await pressEnterOn(chat(page, 'Carla Dias'));
  await expect(page.getByRole('textbox', { name: 'Mensagem' })).toBeVisible();
  await expectConversation(page, ['Vocês entregam no sábado?']);
  const opened = page.waitForEvent('popup');
  await pressEnterOn(page.getByRole('link', { name: 'Ler mais' }));
  await expect((await opened).locator('body')).toContainText('fim do pedido');
  // Files are looked at and sent by scripts.
  await expect(page.getByRole('button', { name: 'Anexar' })).toBeHidden();
  await page.goto('/atendente/inbox-pirata/anexar');
  await expect(page.getByText('o navegador precisa de JavaScript')).toBeVisible();
});

test('a wrong password is said without JavaScript too', async ({ page, inbox }) => {
  const ana = await inbox.addUser('Ana Alves');
  await page.goto('/entrar');
  await fillLogin(page, ana, 'outra senha qualquer');
  await pressEnterOn(page.getByRole('button', { name: 'Entrar' }));
  await expect(page.getByRole('alert')).toContainText('E-mail ou senha não conferem');
});
