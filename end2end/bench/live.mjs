// Opens a chat in Chromium, has a phone send texts that carry their time of sending, and prints the
// milliseconds until each was in the DOM, as a JSON array.
//
// `cargo xtask bench live` calls it with one argument, in JSON:
// { page, cookie: { name, value }, messages: URL of the phone's messages, to, perSecond, seconds }
//
// Both times come from one clock: `Date.now()` here and in the page.

import { launch } from './chromium.mjs';

const { page: address, cookie, messages, to, perSecond, seconds } = JSON.parse(process.argv[2]);
const total = perSecond * seconds;

/** Time in which the last messages have to appear after all were sent. */
const TIMEOUT_MS = 20_000;

const browser = await launch();
try {
  const page = await open();
  await page.evaluate(watch, total);
  await send();
  const latencies = await page.evaluate(`seen(${TIMEOUT_MS})`);
  console.log(JSON.stringify(latencies));
} finally {
  await browser.close();
}

/** Opens the chat in a page that is live: hydrated and listening. */
async function open() {
  const context = await browser.newContext({ locale: 'pt-BR', viewport: { width: 1280, height: 800 } });
  await context.addCookies([{ ...cookie, url: new URL(address).origin }]);
  const page = await context.newPage();
  await page.goto(address);
  await page.waitForSelector('html[data-live=up]', { state: 'attached' });
  return page;
}

/** Runs in the page. Records the moment each text appears, once per text. */
function watch(total) {
  const log = document.querySelector('[role=log]');
  const latencies = new Map();
  let all;
  const complete = new Promise((resolve) => (all = resolve));
  const note = (text) => {
    for (const [, sent, number] of text.matchAll(/sent (\d{13}) number (\d+)\./g)) {
      if (!latencies.has(number)) latencies.set(number, Date.now() - Number(sent));
    }
    if (latencies.size === total) all();
  };
  // Texts of an earlier run are in the log already.
  const before = log.textContent;
  new MutationObserver((mutations) => {
    for (const { target, addedNodes } of mutations) {
      if (target.nodeType === Node.TEXT_NODE) note(target.data);
      for (const node of addedNodes) if (!before.includes(node.textContent)) note(node.textContent);
    }
  }).observe(log, { childList: true, characterData: true, subtree: true });

  window.seen = async (patience) => {
    await Promise.race([complete, new Promise((resolve) => setTimeout(resolve, patience))]);
    return [...latencies.values()];
  };
}

/** Sends at a steady rate and never waits for a response before the next message. */
async function send() {
  const start = Date.now();
  const answers = [];
  for (let number = 0; number < total; number += 1) {
    const due = start + (number * 1000) / perSecond;
    await new Promise((resolve) => setTimeout(resolve, due - Date.now()));
    answers.push(post(`sent ${Date.now()} number ${number}.`));
  }
  await Promise.all(answers);
}

async function post(text) {
  const answer = await fetch(messages, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ to, text }),
  });
  if (!answer.ok) throw new Error(`the phone could not send: ${answer.status} ${await answer.text()}`);
}
