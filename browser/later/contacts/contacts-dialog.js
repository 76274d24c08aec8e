// The dialog "Enviar contato": people of the number, who are searched on the server, and contacts that are typed. Its
// form comes from the server (`pages/attach/contacts_form.rs`).

import { FormDialog, opener } from '../form-dialog.js';
import { call } from '../server-call.js';
import { serverParts } from '../server-parts.js';

// The pause in typing after which people are searched, in ms.
const PAUSE = 200;

// The sentences for problems with a phone, by the server's name of the problem.
const PHONES = { too_short: 'phone_short', impossible: 'phone_impossible' };

const contactsPage = serverParts('/atendente/inbox-pirata/anexos', 'send-contacts');

// Writes the chosen contacts as the fields of a form.
const fieldsOf = (chosen) =>
  Object.fromEntries(
    chosen.flatMap(({ chat, name, phone }, nth) => {
      const fields = chat === undefined ? { name, phone } : { chat };
      return Object.entries(fields).map(([field, value]) => [`contacts[${nth}][${field}]`, value]);
    }),
  );

class ContactsDialog extends FormDialog {
  constructor(page, to) {
    super(page, to, 'contacts-dialog');
    // The chosen contacts by their keys: the chat of a person, or what was typed.
    this.chosen = new Map();
    this.most = page.limits.most;
    [this.search, this.name, this.phone] = ['search', 'name', 'phone'].map((name) => this.form.elements.namedItem(name));
    this.find('[data-add]').addEventListener('click', () => this.addTyped() && this.name.focus());
    this.form.addEventListener('input', ({ target }) => {
      if (target === this.search) this.searchSoon();
      this.showSend();
    });
    this.form.addEventListener('keydown', (event) => this.onKey(event));
    this.slot('people').addEventListener('change', ({ target }) => this.onCheck(target));
    this.slot('chosen').addEventListener('click', ({ target }) => {
      const item = target.closest('[data-remove]')?.closest('li');
      if (!item) return;
      this.remove(item.dataset.key);
      // The button is gone.
      this.search.focus();
    });
    this.dialog.addEventListener('close', () => {
      clearTimeout(this.timer);
      this.request?.abort();
    });
  }

  show() {
    super.show();
    this.search.focus();
    this.searchNow();
  }

  isFilled() {
    return this.chosen.size > 0 || [this.name, this.phone].some(({ value }) => value.trim());
  }

  mayClose() {
    return !this.chosen.size || confirm(this.page.say('discard'));
  }

  // Enter adds a typed contact, and searches; the button sends.
  onKey(event) {
    if (event.key !== 'Enter' || event.isComposing || !event.target.matches('input')) return;
    event.preventDefault();
    if (event.target === this.search) this.searchNow();
    else if (event.target === this.name) this.phone.focus();
    else if (event.target === this.phone && this.addTyped()) this.name.focus();
    else if (event.target.type === 'checkbox') event.target.click();
  }

  searchSoon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.searchNow(), PAUSE);
  }

  // Searches, and shows the people. An earlier search is abandoned.
  async searchNow() {
    clearTimeout(this.timer);
    this.request?.abort();
    const request = new AbortController();
    this.request = request;
    const { say } = this.page;
    this.status(say('searching'));
    try {
      const people = await call('people', { chat: this.to.chat, search: this.search.value }, request.signal);
      if (this.request !== request) return;
      this.showPeople(people);
      this.status(people.length ? '' : say('nobody'));
    } catch (error) {
      if (this.request !== request || error.name === 'AbortError') return;
      this.status(say(error.status === 404 ? 'refused' : 'search_failed'));
    }
  }

  showPeople(people) {
    const items = people.map((person) => {
      const item = this.page.part('person');
      const slot = (name) => item.querySelector(`[data-slot=${name}]`);
      const key = String(person.chat);
      slot('name').textContent = person.name;
      slot('phone').textContent = person.name === person.phone ? '' : person.phone;
      const box = item.querySelector('input');
      box.value = key;
      box.checked = this.chosen.has(key);
      item.person = person;
      return item;
    });
    this.slot('people').replaceChildren(...items);
  }

  onCheck(box) {
    const { person } = box.closest('li');
    if (!box.checked) this.remove(box.value);
    else if (!this.add(box.value, person)) box.checked = false;
  }

  // Returns true unless there are as many as one message takes.
  add(key, contact) {
    const isFull = this.chosen.size >= this.most;
    this.problem(isFull ? this.page.say('many', { n: this.most }) : '');
    if (!isFull) this.chosen.set(key, contact);
    this.showChosen();
    return !isFull;
  }

  // Adds the typed contact. Its phone is read by the server.
  addTyped() {
    const [name, phone] = [this.name.value.trim(), this.phone.value.trim()];
    if (!/\d/.test(phone)) {
      this.problem(this.page.say('no_phone'));
      this.phone.focus();
      return false;
    }
    if (!this.add(`typed ${name} ${phone}`, { name, phone })) return false;
    [this.name.value, this.phone.value] = ['', ''];
    this.showSend();
    return true;
  }

  remove(key) {
    this.chosen.delete(key);
    this.problem();
    const box = [...this.slot('people').querySelectorAll('input')].find(({ value }) => value === key);
    if (box) box.checked = false;
    this.showChosen();
  }

  showChosen() {
    this.renew();
    const items = [...this.chosen].map(([key, { name, phone }]) => {
      const item = this.page.part('chosen');
      const words = name || phone;
      item.dataset.key = key;
      item.querySelector('[data-slot=name]').textContent = words;
      const button = item.querySelector('[data-remove]');
      button.title = this.page.say('remove', { name: words });
      button.ariaLabel = button.title;
      return item;
    });
    this.slot('chosen').replaceChildren(...items);
    this.slot('chosen').hidden = !items.length;
    this.showSend();
  }

  showSend() {
    const { size } = this.chosen;
    this.slot('count').textContent = size > 1 ? size : '';
    this.find('[data-send]').disabled = !size && !this.phone.value.trim();
  }

  onSubmit() {
    // What was typed last need not be added before.
    if (this.phone.value.trim() && !this.addTyped()) return;
    if (!this.chosen.size) return;
    const { say } = this.page;
    this.send('send_contacts', fieldsOf([...this.chosen.values()]), ({ error }) => {
      if (error?.ambiguous_phone) return say('phone_ambiguous');
      if (error?.invalid?.field !== 'phone') return undefined;
      return say(PHONES[error.invalid.problem] ?? 'no_phone');
    });
  }
}

const openContacts = opener(contactsPage, (page, to) => new ContactsDialog(page, to));

export { openContacts };
