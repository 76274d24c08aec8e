// The page with the form for a poll, and the words of its scripts (`pages/new_poll.rs`).

import { serverParts } from '../server-parts.js';

const pollPage = serverParts('/atendente/inbox-pirata/enquete', 'new-poll');

export { pollPage };
