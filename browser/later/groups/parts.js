// The page with the list of members to mention, and the words of the scripts about groups (`pages/group_parts.rs`).

import { serverParts } from '../server-parts.js';

const groupParts = serverParts('/atendente/inbox-pirata/grupos', 'group-parts');

export { groupParts };
