// The dialog "Enviar localização": the place of the device, coordinates or the address of a map, with a name and an
// address. Its form comes from the server (`pages/attach/place_form.rs`).

import { FormDialog, opener } from '../form-dialog.js';
import { serverParts } from '../server-parts.js';
import { readPlace } from './read-place.js';

// The longest wait for the place of the device, and its greatest age, in ms.
const PATIENCE = 20000;
const FRESH = 60000;
// The pause in typing after which a problem is stated, in ms: half a coordinate is no mistake.
const PAUSE = 600;

const placePage = serverParts('/atendente/inbox-pirata/anexos', 'send-place');

const written = ({ latitude, longitude }) => `${latitude.toFixed(6)}, ${longitude.toFixed(6)}`;

// Resolves with the place of the device; rejects with the name of the sentence that states why there is none.
const locate = () =>
  new Promise((resolve, reject) => {
    if (!isSecureContext || !navigator.geolocation) {
      reject('insecure');
      return;
    }
    const fail = ({ code, PERMISSION_DENIED }) => reject(code === PERMISSION_DENIED ? 'denied' : 'unavailable');
    const how = { enableHighAccuracy: true, timeout: PATIENCE, maximumAge: FRESH };
    navigator.geolocation.getCurrentPosition(({ coords }) => resolve(coords), fail, how);
  });

class PlaceDialog extends FormDialog {
  constructor(page, to) {
    super(page, to, 'place-dialog');
    [this.where, this.name, this.address] = ['where', 'name', 'address'].map((name) => this.form.elements.namedItem(name));
    this.find('[data-here]').addEventListener('click', () => this.locate());
    this.where.addEventListener('change', () => this.stateProblem());
    this.dialog.addEventListener('close', () => clearTimeout(this.timer));
    this.form.addEventListener('input', ({ target }) => {
      if (target === this.where) this.read();
      else this.preview();
    });
  }

  show() {
    super.show();
    this.where.focus();
  }

  isFilled() {
    return [this.where, this.name, this.address].some(({ value }) => value.trim());
  }

  async locate() {
    const { say } = this.page;
    const before = this.where.value;
    this.problem();
    this.status(say('locating'));
    try {
      const coords = await locate();
      // The user may have typed another place meanwhile.
      if (!this.dialog.open || this.where.value !== before) return;
      this.where.value = written(coords);
      this.where.dispatchEvent(new Event('input', { bubbles: true }));
      this.status(say('accuracy', { distance: `${Math.max(1, Math.round(coords.accuracy))} m` }));
    } catch (why) {
      this.status();
      this.problem(say(why));
    }
  }

  read() {
    const { problem, name, ...at } = readPlace(this.where.value);
    this.at = 'latitude' in at ? at : undefined;
    if (name && !this.name.value) this.name.value = name;
    this.wrong = problem;
    this.where.ariaInvalid = null;
    this.status();
    this.problem();
    this.preview();
    clearTimeout(this.timer);
    if (problem) this.timer = setTimeout(() => this.stateProblem(), PAUSE);
  }

  // States what is wrong with the field, if something is.
  stateProblem() {
    clearTimeout(this.timer);
    if (!this.wrong) return;
    this.where.ariaInvalid = 'true';
    this.problem(this.page.say(this.wrong));
  }

  preview() {
    const { at } = this;
    this.find('[data-send]').disabled = !at;
    this.slot('preview').hidden = !at;
    if (!at) return;
    this.slot('name').textContent = this.name.value.trim();
    this.slot('address').textContent = this.address.value.trim();
    const map = this.slot('map');
    map.textContent = written(at);
    map.href = `https://www.google.com/maps?q=${written(at).replace(' ', '')}`;
  }

  onSubmit() {
    if (!this.at) {
      this.where.focus();
      return;
    }
    this.send('send_place', { ...this.at, name: this.name.value.trim(), address: this.address.value.trim() });
  }
}

const openPlace = opener(placePage, (page, to) => new PlaceDialog(page, to));

export { openPlace };
