// The names of the members of a group in the header of its conversation, in place of their number. Without this script
// the number stays (`components/conversation.rs`).

import { call } from '../server-call.js';
import { groupParts } from './parts.js';

// So many are named.
const SHOWN = 4;
// Time for which names are kept, in ms.
const FRESH = 60000;

// The names of groups that were shown, by their ids and the numbers of their members.
const known = new Map();

const namesOf = (chat, count) => {
  const key = `${chat} ${count}`;
  let names = known.get(key);
  if (!names) {
    names = call('group_members', { chat });
    known.set(key, names);
    names.catch(() => known.delete(key));
    setTimeout(() => known.delete(key), FRESH);
  }
  return names;
};

const isNamed = ({ name }) => /^\p{L}/u.test(name);

// A phone is not shortened.
const shortName = (member) => (isNamed(member) ? member.name.split(/\s/)[0] : member.name);

const isolated = (name) => Object.assign(document.createElement('bdi'), { textContent: name });

class GroupMembers extends HTMLElement {
  static observedAttributes = ['data-chat', 'data-count'];

  connectedCallback() {
    this.show();
  }

  attributeChangedCallback() {
    this.show();
  }

  async show() {
    const { chat, count } = this.dataset;
    const key = `${chat} ${count}`;
    if (!this.isConnected || !chat || !Number(count) || this.key === key) return;
    this.key = key;
    try {
      const [members, { say }] = await Promise.all([namesOf(chat, count), groupParts()]);
      if (this.key !== key || !members.length) return;
      // Names say more than phones.
      const named = [...members.filter(isNamed), ...members.filter((member) => !isNamed(member))].slice(0, SHOWN);
      // The number itself is counted, and not named.
      const more = Number(count) - 1 - named.length;
      const names = named.flatMap((member, nth) => [...(nth ? [', '] : []), isolated(shortName(member))]);
      const [before, after] = more > 0 ? say('names_more', { n: more }).split('{names}') : ['', ''];
      this.replaceChildren(before, ...names, after);
    } catch {
      // The number of the members stays.
    }
  }
}

const defineGroupMembers = () => customElements.define('group-members', GroupMembers);

export { defineGroupMembers };
