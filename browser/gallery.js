// The gallery comes with the first click on a picture, or on the link of a video. Without the scripts, and for
// a click that asks for another tab, the link leads to the file.
const openGallery = async (event) => {
  const link = event.target.closest?.('.media > :is(a.picture:not(.sticker), .enlarge)');
  if (!link || !isPlainClick(event)) return;
  event.preventDefault();
  try {
    const loading = [load('./later/gallery/gallery.js'), load('./later/gallery/zoom.js')];
    const [{ gallery }, { zoom }] = await Promise.all(loading);
    await gallery(link, zoom);
  } catch {
    open(link.href, '_blank', 'noopener');
  }
};
