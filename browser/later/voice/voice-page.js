// The page with the elements, words and limits of recorder and player (`pages/voice.rs`).

import { serverParts } from '../server-parts.js';

const voicePage = serverParts('/atendente/inbox-pirata/audio', 'voice');

export { voicePage };
