import { chat, connect, log, login, openChat } from '../support/page.ts';
import { expect, test } from '../support/test.ts';

test('places, contacts and polls are read in words, and addresses can be followed', async ({ page, inbox, emulator }) => {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves'));
  await connect(page, phone);
  await customer.send(phone, 'Vi em https://loja.example/azul?tam=38&cor=1. <b>Tem?</b>');
  await openChat(page, 'Carla Dias');
  const link = (name: string) => log(page).getByRole('link', { name, exact: true });
  await expect(link('https://loja.example/azul?tam=38&cor=1')).toHaveAttribute('href', 'https://loja.example/azul?tam=38&cor=1');
  await expect(log(page).getByText('. <b>Tem?</b>')).toBeVisible();

  const place = { latitude: -15.794229, longitude: -47.882166, name: 'Portão 2', address: 'SQN 102, Bloco A' };
  await customer.sendCard(phone, { location: place });
  const map = 'https://maps.google.com/?q=-15.794229,-47.882166';
  await expect(link(map)).toHaveAttribute('href', map);
  await expect(log(page).getByRole('article').filter({ hasText: 'Portão 2' })).toContainText('SQN 102, Bloco A');
  await expect(chat(page, 'Carla Dias')).toContainText('Localização');

  await customer.sendCard(phone, { contact: { name: 'Rui Sá', number: '5561999990000' } });
  await expect(log(page).getByRole('article').filter({ hasText: 'Contato' })).toContainText('+5561999990000');
  await customer.sendCard(phone, { poll: { name: 'Que dia?', options: ['Segunda', 'Terça'] } });
  await expect(log(page).getByRole('article').filter({ hasText: 'Enquete' })).toContainText('• Terça');

  // An edited text is just as safe, and the server renders the same page.
  const said = await customer.send(phone, 'E este?');
  await customer.edit(phone, said, 'E este <i>aqui</i>: https://loja.example/verde');
  await expect(link('https://loja.example/verde')).toBeVisible();
  await page.reload();
  await expect(link('https://loja.example/verde')).toBeVisible();
  await expect(log(page).getByText('<i>aqui</i>')).toBeVisible();
});
