// One chosen file in the dialog: its slide with the picture and the caption, and its thumbnail.

import { plan, prepare } from '../prepare/prepare.js';
import { bytes, clock, shownName } from '../written.js';

// The ending of a name as a sign for a document, if it is short.
const endingOf = (name) => /\.(\w{1,5})$/.exec(name)?.[1].toUpperCase() ?? '';

// A picture, a film or a recording of a blob. It is there only while it is visible, since its pixels take much
// memory.
const shownAs = { image: 'img', video: 'video', audio: 'audio' };

class Slide {
  // `choice` has `asDocument`. `onReady` is called once the file is prepared, and with the error if it cannot
  // be read.
  constructor(file, page, choice, onReady) {
    Object.assign(this, { file, page, asDocument: choice.asDocument, original: false });
    this.name = shownName(file.name);
    this.slide = page.part('slide');
    this.thumb = page.part('thumb');
    this.slide.ariaLabel = this.name;
    this.thumb.querySelector('.thumb').ariaLabel = this.name;
    this.thumb.querySelector('.thumb').title = this.name;
    this.caption = this.find('textarea');
    this.find('[data-as-document]').checked = this.asDocument;
    this.find('.stage').ariaBusy = 'true';
    this.ready = prepare(file, () => !this.isGone).then(
      (found) => {
        if (this.isGone) return;
        this.found = found;
        this.find('.stage').ariaBusy = null;
        this.showThumb();
        this.show();
        onReady(this);
      },
      (error) => this.isGone || onReady(this, error),
    );
  }

  find(name) {
    return this.slide.querySelector(name);
  }

  // How it is sent, once it is prepared.
  get plan() {
    return this.found && plan(this.file, this.found, this, this.page.limits);
  }

  // Shows what depends on the choices.
  show() {
    const { plan: how } = this;
    if (!how) return;
    const why = this.find('[data-slot=why]');
    why.textContent = how.why ? this.page.say(how.why, { limit: bytes(how.limit ?? 0) }) : '';
    why.hidden = !how.why;
    const { kind, why: never } = this.found;
    const box = this.find('[data-as-document]');
    // There is no choice for what can only be a document.
    box.closest('label').hidden = kind === 'document' && Boolean(never || !this.asDocument);
    // WhatsApp shows no caption below a recording.
    const hadFocus = this.caption === document.activeElement;
    this.caption.hidden = how.kind === 'audio';
    if (hadFocus && this.caption.hidden) this.thumb.querySelector('.thumb').focus({ preventScroll: true });
    if (this.isVisible) this.fillStage();
  }

  showPlace(n, all) {
    const { say } = this.page;
    const size = bytes(this.plan?.body.size ?? this.file.size);
    this.find('[data-slot=about]').textContent = say('about', { name: this.name, size, n, all });
    this.find('[data-move="-1"]').disabled = n === 1;
    this.find('[data-move="1"]').disabled = n === all;
  }

  showThumb() {
    const button = this.thumb.querySelector('.thumb');
    const { preview, seconds } = this.found;
    if (preview) {
      this.thumbSrc = URL.createObjectURL(preview);
      button.replaceChildren(Object.assign(new Image(), { src: this.thumbSrc, alt: '', draggable: false }));
    } else {
      button.replaceChildren(this.sign());
    }
    if (seconds) {
      const length = clock(Math.round(seconds));
      button.append(Object.assign(document.createElement('small'), { textContent: length }));
      button.ariaLabel = `${this.name}, ${length}`;
    }
  }

  // A sheet with the ending of the name.
  sign() {
    const sign = Object.assign(document.createElement('span'), { className: 'sign', ariaHidden: 'true' });
    sign.append(this.page.part('document'), endingOf(this.name));
    return sign;
  }

  // The stage is filled while it is visible.
  appear(isVisible) {
    this.isVisible = isVisible;
    if (isVisible) this.fillStage();
    else this.emptyStage();
  }

  fillStage() {
    const { plan: how } = this;
    if (!how || this.stageKind === how.kind) return;
    this.emptyStage();
    this.stageKind = how.kind;
    const name = shownAs[how.kind];
    const stage = this.find('.stage');
    if (!name) {
      stage.replaceChildren(this.sign());
      return;
    }
    this.src = URL.createObjectURL(this.found.reduced ?? this.file);
    const shown = document.createElement(name);
    if (name === 'img') shown.alt = this.name;
    else Object.assign(shown, { controls: true, preload: 'metadata', playsInline: true, ariaLabel: this.name });
    // The browser does not play every film that phones do.
    shown.addEventListener('error', () => stage.replaceChildren(this.sign()), { once: true });
    shown.src = this.src;
    stage.replaceChildren(shown);
  }

  emptyStage() {
    if (this.src) URL.revokeObjectURL(this.src);
    this.src = this.stageKind = undefined;
    this.find('.stage').replaceChildren();
  }

  remove() {
    this.isGone = true;
    this.emptyStage();
    if (this.thumbSrc) URL.revokeObjectURL(this.thumbSrc);
    this.slide.remove();
    this.thumb.remove();
  }
}

export { Slide };
