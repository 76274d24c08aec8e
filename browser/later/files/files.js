// The dialog "Enviar arquivos": choose files, look at them, write captions, put them in order, send. Its form
// comes from the server (`send-files.js`).

import { watchRight } from '../composer-place.js';
import { isAnyOpen, oneAtATime } from '../modal.js';
import { sendFilesPage } from '../send-files.js';
import { target } from '../target.js';
import { isTouch } from '../touch.js';
import { bytes, shownName } from '../written.js';
import { arrange } from './arrange.js';
import { pastedFiles } from './pasted.js';
import { send } from './send-chosen.js';
import { Slide } from './slide.js';

// As in the composer: the choice in the profile decides, and without one Enter breaks the line on touch
// devices only.
const enterSends = () => (document.documentElement.dataset.enter ?? (isTouch() ? 'breaks' : 'sends')) === 'sends';

const submits = ({ key, isComposing, keyCode, ctrlKey, metaKey, shiftKey }) =>
  key === 'Enter' && !isComposing && keyCode !== 229 && (ctrlKey || metaKey || (!shiftKey && enterSends()));

class Dialog {
  constructor(page, to, { asDocument = false } = {}) {
    Object.assign(this, { page, to, asDocument, slides: [], refused: [], original: false, once: false, isLost: false });
    this.form = page.part('form');
    const ariaLabel = this.find('[data-slot=title]').textContent;
    this.dialog = Object.assign(document.createElement('dialog'), { className: 'files', ariaLabel });
    this.dialog.append(this.form);
    this.input = this.find('input[type=file]');
    this.arrangement = arrange(this);
    this.listen();
    document.body.append(this.dialog);
    this.dialog.showModal();
    this.show();
    this.find('[data-add]').focus();
  }

  find(name) {
    return this.form.querySelector(name);
  }

  listen() {
    const { dialog, form, input } = this;
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.send();
    });
    form.addEventListener('click', (event) => this.onClick(event));
    form.addEventListener('input', (event) => this.onInput(event));
    form.addEventListener('keydown', (event) => {
      if (!submits(event) || !event.target.matches('textarea, .thumb')) return;
      event.preventDefault();
      form.requestSubmit();
    });
    input.addEventListener('change', () => {
      this.add([...input.files]);
      input.value = '';
    });
    // The chooser inside reports its own.
    dialog.addEventListener('cancel', (event) => {
      if (event.target === dialog && !this.mayClose()) event.preventDefault();
    });
    // A page that is closed would lose them.
    const stay = (event) => this.slides.length && !this.isSent && event.preventDefault();
    addEventListener('beforeunload', stay);
    const unwatch = watchRight(this.to.chat, (isLost) => {
      this.isLost = isLost;
      this.show();
    });
    dialog.addEventListener('close', () => {
      removeEventListener('beforeunload', stay);
      unwatch();
      if (!this.isSent) this.clear();
      dialog.remove();
    });
    dialog.addEventListener('paste', (event) => {
      const files = pastedFiles(event);
      if (!files.length) return;
      event.preventDefault();
      this.add(files);
    });
    dialog.addEventListener('drop', (event) => {
      if (event.dataTransfer.files.length) this.add([...event.dataTransfer.files]);
    });
  }

  onClick({ target: clicked }) {
    if (clicked.closest('[data-close]')) {
      if (this.mayClose()) this.dialog.close();
    } else if (clicked.closest('[data-add]')) {
      this.choose();
    } else if (clicked.closest('[data-camera]')) {
      this.choose({ capture: 'environment', accept: 'image/*' });
    }
  }

  onInput({ target: field }) {
    const one = this.slides.find(({ slide }) => slide.contains(field));
    if (field.matches('[data-original]')) this.original = field.checked;
    else if (field.matches('[data-once]')) this.once = field.checked;
    else if (field.matches('[data-as-document]')) one.asDocument = field.checked;
    this.show();
  }

  // The browser opens its chooser only soon after a click or a key; otherwise the button is there.
  choose({ capture, accept } = {}) {
    for (const [name, value] of Object.entries({ capture, accept })) {
      if (value) this.input.setAttribute(name, value);
      else this.input.removeAttribute(name);
    }
    this.input.click();
  }

  mayClose() {
    const hasWords = this.slides.some(({ caption }) => caption.value.trim());
    return !hasWords || confirm(this.page.say('discard'));
  }

  clear() {
    for (const one of this.slides) one.remove();
    this.slides = [];
  }

  // Adds files that can be sent, and states why the others cannot.
  add(files, { asDocument = this.asDocument } = {}) {
    const { limits, say } = this.page;
    const refused = [];
    for (const file of files) {
      const [name, size, limit] = [shownName(file.name), bytes(file.size), bytes(limits.document)];
      if (this.slides.length >= limits.files) {
        refused.push(say('too_many', { n: limits.files }));
        break;
      }
      if (!file.size) refused.push(say('empty', { name }));
      else if (file.size > limits.document) refused.push(say('too_large', { name, size, limit }));
      else this.addSlide(file, asDocument);
    }
    this.refuse(refused);
    this.show();
    // The caption is next; on a phone the keyboard would cover the pictures.
    if (this.slides.length && !isTouch()) this.arrangement.enter();
  }

  addSlide(file, asDocument) {
    const one = new Slide(file, this.page, { asDocument }, (ready, error) => {
      if (!this.dialog.open) return;
      if (error) {
        this.arrangement.drop(ready);
        this.refuse([...this.refused, this.page.say('unreadable', { name: ready.name })]);
      }
      this.show();
    });
    this.slides.push(one);
    this.arrangement.append(one);
  }

  remove(one) {
    this.slides = this.slides.filter((other) => other !== one);
    one.remove();
    this.show();
  }

  refuse(sentences) {
    this.refused = sentences;
    this.showRefused();
  }

  showRefused() {
    const sentences = this.isLost ? [this.page.say('lost_write'), ...this.refused] : this.refused;
    const box = this.find('[data-slot=refused]');
    const words = sentences.join(' ');
    // A sentence that stays is not announced again.
    if (box.textContent !== words) box.textContent = words;
    box.parentElement.hidden = !sentences.length;
  }

  // Returns true for one photo or video, as phones send one to be viewed once.
  get mayBeOnce() {
    return this.slides.length === 1 && ['image', 'video'].includes(this.slides[0].plan?.kind);
  }

  // Shows everything that depends on the files and choices.
  show() {
    const { slides, original, to } = this;
    const { say } = this.page;
    const n = slides.length;
    for (const [at, one] of slides.entries()) {
      one.original = original;
      one.show();
      one.showPlace(at + 1, n);
    }
    this.form.classList.toggle('has-files', n > 0);
    if (n) this.find('[data-slot=title]').textContent = say(n === 1 ? 'to_one' : 'to', { n, name: to.name });
    this.find('[data-slot=count]').textContent = n > 1 ? n : '';
    const tooLong = slides.filter((one) => this.showExcess(one));
    this.find('footer .button').disabled = !n || tooLong.length > 0 || this.isLost;
    this.find('.once').hidden = !this.mayBeOnce;
    this.showRefused();
    this.showSizes();
  }

  // Returns true if a caption is too long.
  showExcess({ caption, slide }) {
    const excess = [...caption.value].length - this.page.limits.caption;
    const sentence = slide.querySelector('[data-slot=long]');
    sentence.hidden = excess <= 0;
    if (excess > 0) sentence.textContent = this.page.say('caption_long', { n: excess });
    return excess > 0;
  }

  showSizes() {
    const pictures = this.slides.filter(({ found, asDocument }) => found?.reduced && !asDocument);
    const isCounting = this.slides.some(({ found }) => !found);
    this.find('.original').hidden = !pictures.length;
    const sum = (size) => bytes(pictures.reduce((all, one) => all + size(one), 0));
    const [small, large] = [sum(({ found }) => found.reduced.size), sum(({ file }) => file.size)];
    const { say } = this.page;
    this.find('[data-slot=sizes]').textContent = isCounting ? say('counting') : say('sizes', { small, large });
  }

  // Sends the files. The dialog closes at once; the bubbles follow.
  async send() {
    if (this.find('footer .button').disabled || this.isSent) return;
    this.isSent = true;
    const to = { ...this.to, isOnce: this.once && this.mayBeOnce };
    this.dialog.close();
    if (!isTouch()) globalThis.inbox.focusComposer();
    try {
      await send(this.slides, to);
    } finally {
      this.clear();
    }
  }
}

// Opens the dialog with `files`, or with the browser's chooser for files of the types in `accept`. With `asDocument`
// all are documents, also those that are added later.
const attach = oneAtATime(async (files, { asDocument, accept } = {}) => {
  const to = target();
  const page = await sendFilesPage();
  if (isAnyOpen()) return;
  const dialog = new Dialog(page, to, { asDocument });
  if (files) dialog.add(files);
  else dialog.choose({ accept });
});

export { attach };
