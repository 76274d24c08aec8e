// Starts Chromium for a measurement: CHROMIUM_BIN, or what `cargo xtask setup` installed.

import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

// Where Debian's two packages put it; `support/chromium.ts` says which of them the tests take.
const PLACES = ['/usr/lib/chromium/chromium-headless-shell', '/usr/bin/chromium'];

export const launch = () =>
  chromium.launch({
    executablePath: process.env['CHROMIUM_BIN'] ?? PLACES.find((place) => existsSync(place)),
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
