// Sentences that stay until they are closed, at the place of the program's own notices.

import { sendFilesPage } from './send-files.js';

// So many of them are shown.
const MOST = 5;

let shown;
let said = [];

const notice = async (words) => {
  const { part } = await sendFilesPage();
  // One that was not read yet is not lost.
  said = shown?.isConnected ? [...said.filter((other) => other !== words), words].slice(-MOST) : [words];
  shown?.remove();
  shown = part('notice');
  shown.querySelector('[data-slot=words]').textContent = said.join(' ');
  shown.querySelector('[data-close]').addEventListener('click', () => shown.remove());
  (document.querySelector('.inbox') ?? document.querySelector('.app')).append(shown);
};

export { notice };
