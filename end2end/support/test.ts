import { type BrowserContext, type Page, test as base } from '@playwright/test';

import { Emulator } from './emulator.ts';
import { Inbox, type User } from './inbox.ts';
import { login } from './page.ts';

interface Fixtures {
  /** Additional flags of the product's command line. */
  flags: string[];
  /** A simulated WhatsApp. */
  emulator: Emulator;
  /** The product, connected to that WhatsApp, without users. */
  inbox: Inbox;
  /** Logs a user in, each time in a browser of its own. */
  browserOf: (user: User) => Promise<Page>;
}

/** Every test has a WhatsApp, a server and a data folder of its own. */
export const test = base.extend<Fixtures>({
  flags: [[], { option: true }],

  emulator: async ({}, use, info) => {
    const emulator = await Emulator.start();
    await use(emulator);
    if (info.status !== info.expectedStatus) {
      await info.attach('emulator.log', { body: emulator.output });
    }
    await emulator.stop();
  },

  inbox: async ({ emulator, flags }, use, info) => {
    const inbox = await Inbox.start(emulator, flags);
    await use(inbox);
    if (info.status !== info.expectedStatus) {
      await info.attach('inbox.log', { body: inbox.output });
    }
    await inbox.remove();
  },

  baseURL: async ({ inbox }, use) => use(inbox.url),

  browserOf: async ({ browser, baseURL }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (user) => {
      const context = await browser.newContext({ baseURL });
      contexts.push(context);
      const page = await context.newPage();
      await login(page, user);
      return page;
    });
    await Promise.all(contexts.map((context) => context.close()));
  },
});

export { expect } from '@playwright/test';
