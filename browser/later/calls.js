// A call that rings: its bubble offers to reject it, to those who may write in the conversation. The element
// leaves with the end of the call, which the live stream brings.

import { serverParts } from './server-parts.js';

const callsPage = serverParts('/atendente/inbox-pirata/chamadas', 'calls');

const form = () => document.querySelector('form.composer');

const reject = async (chat, message) => {
  const body = new URLSearchParams({ chat, message });
  try {
    const answer = await fetch('/api/reject_call', { method: 'POST', headers: { accept: 'application/json' }, body });
    return answer.ok;
  } catch {
    return false;
  }
};

class RingingCall extends HTMLElement {
  connectedCallback() {
    // Without the parts it can be rejected on the phone only.
    this.fill().catch(console.error);
  }

  async fill() {
    if (this.firstElementChild || !form()) return;
    const { part, say } = await callsPage();
    // It may have ended meanwhile, or moved, and then this ran twice.
    if (!this.isConnected || this.firstElementChild || !form()) return;
    const shown = part('call');
    const button = shown.querySelector('[data-do=reject]');
    const problem = shown.querySelector('[data-slot=problem]');
    button.addEventListener('click', async () => {
      button.disabled = true;
      problem.textContent = '';
      const message = this.closest('[data-key]')?.dataset.key.replace(/^in-/, '');
      if (await reject(form()?.elements.chat.value, message)) return;
      button.disabled = false;
      problem.textContent = say('failed');
    });
    this.append(shown);
  }
}

const defineRingingCall = () => {
  if (!customElements.get('ringing-call')) customElements.define('ringing-call', RingingCall);
};

export { defineRingingCall };
