// The dialog "Enquete": a question, two to twelve options, and whether several may be chosen. The form comes from
// the server (`poll-page.js`).

import { FormDialog, opener } from '../form-dialog.js';
import { pollPage } from './poll-page.js';

class PollDialog extends FormDialog {
  constructor(page, to) {
    super(page, to, 'new-poll-dialog');
    this.question = this.form.elements.question;
    this.list = this.find('ul');
    this.addLine();
    this.addLine();
    this.form.addEventListener('click', ({ target }) => {
      if (target.closest('[data-add]')) this.addLine().focus();
      else if (target.closest('[data-remove]')) this.removeLine(target.closest('li'));
    });
    this.form.addEventListener('input', ({ target }) => this.onInput(target));
    this.form.addEventListener('keydown', (event) => this.onKey(event));
  }

  get inputs() {
    return [...this.list.querySelectorAll('input')];
  }

  get options() {
    return this.inputs.map(({ value }) => value.trim()).filter(Boolean);
  }

  show() {
    super.show();
    this.question.focus();
  }

  // A new line follows the one that is being typed in, as on phones.
  onInput(field) {
    this.complain();
    const { inputs } = this;
    if (field === inputs.at(-1) && field.value.trim() && inputs.length < this.page.limits.options) this.addLine();
  }

  // Enter goes on to the next option. In the question it would break the line, which a question does not have.
  onKey(event) {
    const { key, isComposing, keyCode, target, ctrlKey, metaKey } = event;
    if (key !== 'Enter' || isComposing || keyCode === 229 || !target.matches('textarea, input[type=text]')) return;
    event.preventDefault();
    if (ctrlKey || metaKey) {
      this.form.requestSubmit();
      return;
    }
    const fields = [this.question, ...this.inputs];
    (fields[fields.indexOf(target) + 1] ?? this.form.elements.multiple).focus();
  }

  addLine() {
    const line = this.page.part('option');
    this.list.append(line);
    this.number();
    return line.querySelector('input');
  }

  // Two lines always stay.
  removeLine(line) {
    const next = line.nextElementSibling ?? line.previousElementSibling;
    if (this.inputs.length > 2) line.remove();
    else line.querySelector('input').value = '';
    this.number();
    this.complain();
    this.renew();
    (line.isConnected ? line : next).querySelector('input').focus();
  }

  number() {
    const lines = [...this.list.children];
    for (const [nth, line] of lines.entries()) {
      const [field, button] = [line.querySelector('input'), line.querySelector('button')];
      const [name, remove] = ['option', 'remove_option'].map((word) => this.page.say(word, { n: nth + 1 }));
      Object.assign(field, { ariaLabel: name, placeholder: name });
      Object.assign(button, { ariaLabel: remove, title: remove });
    }
    this.find('[data-add]').hidden = lines.length >= this.page.limits.options;
  }

  // Shows why the poll cannot be sent, at `field`; nothing without a reason.
  complain(why, field) {
    this.problem(why && this.page.say(why));
    for (const other of [this.question, ...this.inputs]) other.ariaInvalid = null;
    if (!field) return;
    field.ariaInvalid = 'true';
    field.focus();
  }

  // Returns false, and shows why, if this is no poll.
  check() {
    const { options, inputs } = this;
    const values = inputs.map(({ value }) => value.trim());
    const twice = values.findLastIndex((value, nth) => value && values.indexOf(value) < nth);
    if (!this.question.value.trim()) this.complain('question_missing', this.question);
    else if (options.length < 2) this.complain('too_few', inputs[values.indexOf('')]);
    else if (twice >= 0) this.complain('twice', inputs[twice]);
    else return true;
    return false;
  }

  onSubmit() {
    if (!this.check()) return;
    const options = this.options.map((option, nth) => [`options[${nth}]`, option]);
    this.send('send_poll', {
      question: this.question.value.trim(),
      ...Object.fromEntries(options),
      multiple: this.form.elements.multiple.checked ? 'on' : undefined,
    });
  }

  isFilled() {
    return Boolean(this.question.value.trim() || this.options.length);
  }

  mayClose() {
    return !this.isFilled() || confirm(this.page.say('discard'));
  }
}

// Opens the dialog for a poll in the conversation `chat`, which may answer the message `replyTo`.
const openPoll = opener(pollPage, (page, to) => new PollDialog(page, to));

export { openPoll };
