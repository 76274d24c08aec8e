// Sends the chosen files of the dialog, in their order.

import { composerOf } from '../composer-place.js';
import { newId } from '../new-id.js';
import { notice } from '../notice.js';
import { dropReply } from '../reply.js';
import { sendFilesPage } from '../send-files.js';
import { enqueue } from '../uploads/uploads.js';

// Makes one album of the pictures and videos, as phones do; the first of them states how many there are. Returns what
// to add to the description of each slide.
const albumOf = (slides, isOnce) => {
  const parts = isOnce ? [] : slides.filter(({ plan }) => ['image', 'video'].includes(plan?.kind));
  if (parts.length < 2) return () => ({});
  const album = newId();
  const images = parts.filter(({ plan }) => plan.kind === 'image').length;
  const size = { album_images: images, album_videos: parts.length - images };
  return (slide) => (parts.includes(slide) ? { album, ...(slide === parts[0] ? size : {}) } : {});
};

// Returns true if a message was made of it.
const sendOne = async ({ plan, found, name, caption }, { chat, replyTo, isOnce, ofAlbum }) => {
  if (!plan) {
    // It could not be read.
    const { say } = await sendFilesPage();
    await notice(say('unreadable', { name }));
    return false;
  }
  const { kind, body, mime, shape: [width, height] = [] } = plan;
  return enqueue({
    chat,
    replyTo,
    file: body,
    kind,
    mime,
    name: kind === 'document' ? name : undefined,
    title: name,
    caption: kind === 'audio' ? undefined : caption.value.trim() || undefined,
    width,
    height,
    seconds: kind === 'document' ? undefined : found.seconds,
    preview: found.preview,
    view_once: isOnce || undefined,
    ...ofAlbum,
  });
};

// Sends all of them, also those that are still being prepared; the page is not left before. The first one is
// the answer, if a message is answered.
const send = async (slides, { replyTo, ...to }) => {
  if (replyTo) dropReply(to.chat);
  const log = composerOf(to.chat)?.closest('.conversation').querySelector('.log');
  if (log) log.scrollTop = 0;
  const stay = (event) => event.preventDefault();
  addEventListener('beforeunload', stay);
  try {
    let answered = replyTo;
    // How many pictures an album has is known once all of them are prepared.
    await Promise.all(slides.map(({ ready }) => ready));
    const album = albumOf(slides, to.isOnce);
    for (const one of slides) {
      try {
        if (await sendOne(one, { ...to, replyTo: answered, ofAlbum: album(one) })) answered = undefined;
      } catch (error) {
        // The others are sent all the same.
        console.error(error);
        const { say } = await sendFilesPage();
        await notice(say('refused', { name: one.name, why: say('refused_here') }));
      }
    }
  } finally {
    removeEventListener('beforeunload', stay);
  }
};

export { send };
