import { type Page, expect } from '@playwright/test';

import type { Emulator, Phone } from './emulator.ts';
import type { Inbox } from './inbox.ts';
import { connect, login, openChat } from './page.ts';

/** Ana, who administers, and Bruno, who may write by her number. `page` is hers. */
export async function colleagues(page: Page, browserOf: (user: Awaited<ReturnType<Inbox['addUser']>>) => Promise<Page>, inbox: Inbox, emulator: Emulator): Promise<[Page, Phone, Phone]> {
  const [phone, customer] = [await emulator.phone('Loja Pirata'), await emulator.phone('Carla Dias')];
  await login(page, await inbox.addUser('Ana Alves', 'admin'));
  await connect(page, phone);
  await customer.send(phone, 'Oi');
  const user = await inbox.addUser('Bruno Braga');
  await allow(page, 'write');
  const bruno = await browserOf(user);
  await openChat(bruno, 'Carla Dias');
  await openChat(page, 'Carla Dias');
  return [bruno, phone, customer];
}

/** Sets what Bruno, the second user, may do with the only number. */
export async function allow(admin: Page, access: 'read' | 'write'): Promise<void> {
  const headers = { origin: new URL(admin.url()).origin, accept: 'application/json' };
  const form = { user: '2', 'connections[]': '1', access };
  const answer = await admin.request.post('/api/set_access', { form, headers });
  expect(answer.ok(), `set_access: ${answer.status()}`).toBe(true);
}
