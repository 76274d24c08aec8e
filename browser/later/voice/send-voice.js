// Sends a recording that has ended as a voice note.

import { dropReply, replyOf } from '../reply.js';
import { enqueue } from '../uploads/uploads.js';
import { recordedWaveform } from './recorded-waveform.js';
import { toHex } from './waveform.js';

// Returns the name of the sentence that states what became of it. Only after 'sent' it is stored elsewhere.
// `title` is its name in sentences about it; the customer hears it once if `isOnce`.
const sendVoice = async (recording, chat, { title, isOnce }) => {
  const file = await recording.file();
  if (!file.size) return 'empty';
  const { type: mime, levels } = recording;
  const waveform = toHex(await recordedWaveform(file, recording.seconds(), levels));
  const seconds = Math.max(1, Math.round(recording.seconds()));
  const more = { kind: 'voice', name: null, title, mime, seconds, waveform, view_once: isOnce || undefined };
  if (!(await enqueue({ chat, replyTo: replyOf(chat), file, ...more }))) return 'refused';
  dropReply(chat);
  return 'sent';
};

export { sendVoice };
