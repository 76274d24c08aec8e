import { defineConfig } from '@playwright/test';

import { MICROPHONE, chromium } from './support/chromium.ts';

// `cargo xtask test` builds the programs and sets their paths (INBOX_BIN, EMULATOR_BIN).
export default defineConfig({
  testDir: 'specs',
  outputDir: 'test-results/files',
  fullyParallel: true,
  // Tests that wait (for a code to expire, for a reconnection) leave a core to a third.
  workers: 3,
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  // Only failing tests reach this. Tests take twice as long on a machine that builds something else
  // meanwhile.
  timeout: 120_000,
  expect: { timeout: 30_000 },
  reporter: [['list'], ['json', { outputFile: 'test-results/report.json' }]],
  use: {
    locale: 'pt-BR',
    timezoneId: 'America/Sao_Paulo',
    viewport: { width: 1280, height: 800 },
    // The trace of a failed test has a snapshot of the document before and after each action. A film
    // of the page would show little more, and takes a third of the time of every test.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: true, sources: false },
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: chromium(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        ...MICROPHONE,
      ],
    },
  },
});
