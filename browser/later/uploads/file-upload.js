// `<file-upload data-upload=MESSAGE>`: how far a file is that this browser sends, in its bubble. The program
// makes the element, with words for everybody; this adds the rest, if the file is this user's.

import { sendFilesPage } from '../send-files.js';
import { isTouch } from '../touch.js';
import { bytes } from '../written.js';

// Time for another tab to report its new message, in ms.
const UNKNOWN = 1500;

const percent = ({ sent, size }) => (size ? Math.floor((100 * sent) / size) : 0);

// `1,9 de 3,1 MB`: the unit once, if both have it.
const amounts = ({ sent, size }) => {
  const [done, all] = [bytes(sent), bytes(size)];
  const [number, unit] = done.split(' ');
  return { sent: all.endsWith(` ${unit}`) ? number : done, size: all };
};

const define = ({ cancel, chooseAgain, hurry, look, pictureOf, states, watch }) => {
  class FileUpload extends HTMLElement {
    connectedCallback() {
      this.message = this.dataset.upload;
      const show = (message, state) => message === this.message && this.update(state);
      this.unwatch = watch(show);
      this.update(states.get(this.message));
      this.timer = setTimeout(look, UNKNOWN, this.message);
      this.showPicture();
    }

    disconnectedCallback() {
      this.unwatch();
      clearTimeout(this.timer);
      if (this.src) URL.revokeObjectURL(this.src);
      this.picture?.remove();
      this.src = this.picture = undefined;
    }

    // The picture itself, in the size that it will have.
    async showPicture() {
      const found = await pictureOf(this.message).catch(() => undefined);
      if (!found || !this.isConnected || this.picture) return;
      this.src = URL.createObjectURL(found.file);
      const { width, height } = found;
      const image = Object.assign(new Image(width, height), { src: this.src, alt: '' });
      this.picture = Object.assign(document.createElement('span'), { className: 'picture' });
      this.picture.append(image);
      // Last, since the program may not have read its own elements yet; the style sheet puts it on top.
      this.append(this.picture);
    }

    async update(state) {
      // The bubble may be there before this tab knows its message.
      if (state && !this.state) this.showPicture();
      this.state = state;
      if (!state) {
        this.panel?.remove();
        this.panel = undefined;
        return;
      }
      const page = await sendFilesPage().catch(() => undefined);
      if (!page || !this.state) return;
      // Readers can only wait.
      if (this.state.isForeign && !document.querySelector('form.composer')) return;
      if (!this.panel) this.addPanel(page);
      this.show(page, this.state);
    }

    addPanel({ part, say }) {
      this.panel = part('upload');
      const on = (name, listener) => this.panel.querySelector(name).addEventListener('click', listener);
      on('[data-cancel]', () => this.cancel(say));
      on('[data-continue]', hurry);
      on('[data-choose]', () => this.choose(say));
      this.append(this.panel);
    }

    show({ say }, state) {
      const find = (name) => this.panel.querySelector(name);
      const { problem } = state;
      const part = percent(state);
      find('[role=progressbar]').ariaValueNow = part;
      this.panel.style.setProperty('--part', `${part}%`);
      this.panel.classList.toggle('stopped', Boolean(problem));
      this.panel.classList.toggle('foreign', Boolean(state.isForeign));
      find('[data-slot=progress]').textContent = state.isForeign ? say('uploading') : say('progress', amounts(state));
      const isGone = problem === 'gone' || problem === 'other_file';
      find('[data-continue]').hidden = isGone;
      find('[data-continue]').textContent = say('continue_from', { n: part });
      find('[data-choose]').hidden = !isGone;
      // A sentence that stays is not announced again.
      const words = problem ? say(problem, { size: bytes(state.size) }) : '';
      const sentence = find('[data-slot=problem]');
      if (sentence.textContent !== words) sentence.textContent = words;
      find('.msg-failed').hidden = !problem;
    }

    async cancel(say) {
      if (this.state?.isForeign && !confirm(say('cancel_foreign'))) return;
      this.panel.querySelector('[data-cancel]').disabled = true;
      // The focus would be lost with the button.
      if (!isTouch()) globalThis.inbox.focusComposer();
      await cancel(this.message);
    }

    choose(say) {
      const input = Object.assign(document.createElement('input'), { type: 'file' });
      input.addEventListener('change', async () => {
        const isSame = await chooseAgain(this.message, input.files[0]);
        if (!isSame && this.panel) this.show({ say }, { ...this.state, problem: 'other_file' });
      });
      input.click();
    }
  }
  return FileUpload;
};

const defineFileUpload = (queue) => customElements.define('file-upload', define(queue));

export { defineFileUpload };
