// A sentence that stays until it is closed, at the place of the program's own notices.

import { sendFilesPage } from './send-files.js';

let shown;

const notice = async (words) => {
  const { part } = await sendFilesPage();
  shown?.remove();
  shown = part('notice');
  shown.querySelector('[data-slot=words]').textContent = words;
  shown.querySelector('[data-close]').addEventListener('click', () => shown.remove());
  (document.querySelector('.inbox') ?? document.querySelector('.app')).append(shown);
};

export { notice };
