// The frame of a dialog with a form of the server: it closes with its buttons, with Escape and with "back", and is
// sent once at a time.

import { showEnd, watchRight } from './composer-place.js';
import { isAnyOpen, oneAtATime, showModal } from './modal.js';
import { newId } from './new-id.js';
import { notice } from './notice.js';
import { dropReply } from './reply.js';
import { call } from './server-call.js';
import { isTouch } from './touch.js';

class FormDialog {
  // `page` is what `serverParts` loaded, with the form as its part 'form'; `kind` is a class of the dialog.
  constructor(page, to, kind) {
    Object.assign(this, { page, to, id: newId(), isLost: false });
    this.form = page.part('form');
    const ariaLabel = this.find('h2').textContent;
    this.dialog = Object.assign(document.createElement('dialog'), { className: `dialog sends ${kind}`, ariaLabel });
    this.dialog.append(this.form);
    this.form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.onSubmit();
    });
    // What was changed is another message.
    this.form.addEventListener('input', () => this.renew());
    this.dialog.addEventListener('click', ({ target }) => {
      if (target.closest('[data-close]') && this.mayClose()) this.dialog.close();
    });
    this.dialog.addEventListener('cancel', (event) => {
      if (event.target === this.dialog && !this.mayClose()) event.preventDefault();
    });
  }

  find(selector) {
    return this.form.querySelector(selector);
  }

  slot(name) {
    return this.find(`[data-slot=${name}]`);
  }

  show() {
    const unwatch = watchRight(this.to.chat, (isLost) => {
      this.isLost = isLost;
      this.problem();
    });
    // A page that is closed would lose it.
    const stay = (event) => this.isFilled() && event.preventDefault();
    addEventListener('beforeunload', stay);
    showModal(this.dialog, () => {
      removeEventListener('beforeunload', stay);
      unwatch();
    });
  }

  renew() {
    this.id = newId();
  }

  // Returns true if something is typed or chosen.
  isFilled() {
    return false;
  }

  // Dialogs with something to lose ask first.
  mayClose() {
    return true;
  }

  status(words = '') {
    this.slot('status').textContent = words;
  }

  // Shows a sentence about a problem; none without words, unless the right to write is lost.
  problem(words = '') {
    const shown = words || (this.isLost ? this.page.say('refused') : '');
    const box = this.slot('problem');
    box.textContent = shown;
    box.parentElement.hidden = !shown;
    if (shown) box.scrollIntoView({ block: 'nearest' });
  }

  // Sends the message by the server function `name`, and closes the dialog. `wordsFor` returns the sentence for a
  // refusal that is not about the conversation, if it is one.
  async send(name, fields, wordsFor = () => undefined) {
    if (this.dialog.ariaBusy) return;
    const { say } = this.page;
    const { chat, replyTo } = this.to;
    this.dialog.ariaBusy = 'true';
    this.problem();
    this.status(say('sending'));
    try {
      await call(name, { chat, reply_to: replyTo, wa_id: this.id, ...fields });
      this.onSent();
    } catch (refusal) {
      const isRefused = refusal.status >= 400 && refusal.status < 500;
      const words = wordsFor(refusal) ?? say(isRefused ? 'refused' : 'not_sent');
      if (this.dialog.open) this.problem(words);
      // It was closed meanwhile.
      else await notice(words);
    } finally {
      this.dialog.ariaBusy = null;
      this.status();
    }
  }

  onSent() {
    const { chat, replyTo } = this.to;
    this.dialog.close();
    if (replyTo) dropReply(chat);
    // Another conversation may be open by now.
    if (!showEnd(chat)) return;
    if (!isTouch()) globalThis.inbox.focusComposer();
  }
}

// Returns a function that opens the dialog which `make` returns for a conversation, unless another one is open.
const opener = (parts, make) =>
  oneAtATime(async (to) => {
    const page = await parts();
    if (!isAnyOpen()) make(page, to).show();
  });

export { FormDialog, opener };
