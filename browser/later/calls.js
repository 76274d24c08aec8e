// A call that rings: its bubble offers to reject it, to those who may write in the conversation. The element
// leaves with the end of the call, which the live stream brings.

import { focusOn } from './actions.js';
import { call } from './server-call.js';
import { serverParts } from './server-parts.js';

const callsPage = serverParts('/atendente/inbox-pirata/chamadas', 'calls');

const form = () => document.querySelector('form.composer');

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
      if (button.ariaBusy) return;
      button.ariaBusy = 'true';
      problem.textContent = '';
      const { key } = this.closest('[data-key]').dataset;
      try {
        await call('reject_call', { chat: form()?.elements.chat.value, message: key.replace(/^in-/, '') });
        // The button goes with the call, and the focus would be lost.
        focusOn(key);
      } catch {
        button.ariaBusy = null;
        problem.textContent = say('failed');
      }
    });
    this.append(shown);
  }
}

const defineRingingCall = () => {
  if (!customElements.get('ringing-call')) customElements.define('ringing-call', RingingCall);
};

export { defineRingingCall };
