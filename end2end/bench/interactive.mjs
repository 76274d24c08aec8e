// Loads a page in Chromium with a slowed-down processor and an empty cache, and prints the
// milliseconds until it is interactive (hydrated, and listening for changes), as a JSON array.
//
// `cargo xtask bench first-load` calls it with one argument, in JSON:
// { page, cookie: { name, value }, slowDown, loads }

import { launch } from './chromium.mjs';

const { page: address, cookie, slowDown, loads } = JSON.parse(process.argv[2]);

const browser = await launch();
try {
  const times = [];
  for (let load = 0; load < loads; load += 1) times.push(await time());
  console.log(JSON.stringify(times));
} finally {
  await browser.close();
}

async function time() {
  // A context of its own has a cache of its own.
  const context = await browser.newContext({ locale: 'pt-BR', viewport: { width: 1280, height: 800 } });
  await context.addCookies([{ ...cookie, url: new URL(address).origin }]);
  const page = await context.newPage();
  const devtools = await context.newCDPSession(page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: slowDown });
  const start = performance.now();
  await page.goto(address, { waitUntil: 'commit' });
  await page.waitForSelector('html[data-live=up]', { state: 'attached' });
  const taken = performance.now() - start;
  await context.close();
  return taken;
}
