// The order of the chosen files, and the way from one to another: by the thumbnails, by swiping, by keys and
// by dragging.

const STEPS = { ArrowLeft: -1, ArrowRight: 1 };
const PAGES = { PageUp: -1, PageDown: 1 };

const arrange = (dialog) => {
  const { form } = dialog;
  const [slides, thumbs] = [form.querySelector('.slides'), form.querySelector('.thumbs')];
  let current;
  let dragged;

  const oneOf = (element) => dialog.slides.find(({ slide, thumb }) => slide.contains(element) || thumb.contains(element));

  const setCurrent = (one) => {
    current = one;
    for (const other of dialog.slides) {
      const isCurrent = other === one;
      const button = other.thumb.querySelector('.thumb');
      // Only one of them is in the order of the Tab key; the arrows lead to the others.
      button.tabIndex = isCurrent ? 0 : -1;
      if (isCurrent) button.setAttribute('aria-current', 'true');
      else button.removeAttribute('aria-current');
      for (const inside of other.slide.querySelectorAll('button, input')) inside.tabIndex = isCurrent ? 0 : -1;
    }
    one?.thumb.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  };

  const show = (one) => {
    slides.scrollLeft = one.slide.offsetLeft - slides.offsetLeft;
    setCurrent(one);
  };

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting, intersectionRatio } of entries) {
        const one = oneOf(target);
        one?.appear(isIntersecting);
        if (one && intersectionRatio > 0.6 && one !== current) setCurrent(one);
      }
    },
    { root: slides, threshold: [0, 0.61] },
  );

  const append = (one) => {
    slides.append(one.slide);
    thumbs.append(one.thumb);
    observer.observe(one.slide);
    setCurrent(current ?? one);
  };

  // Puts a file at another place.
  const place = (one, at) => {
    const others = dialog.slides.filter((other) => other !== one);
    const before = others[at];
    others.splice(at, 0, one);
    dialog.slides = others;
    slides.insertBefore(one.slide, before?.slide ?? null);
    thumbs.insertBefore(one.thumb, before?.thumb ?? null);
    dialog.show();
    show(one);
  };

  const move = (one, step, button) => {
    place(one, dialog.slides.indexOf(one) + step);
    // It lost the focus when it moved, and may be the last now.
    const buttons = [button, ...one.slide.querySelectorAll('[data-move]')];
    buttons.find(({ disabled }) => !disabled)?.focus({ preventScroll: true });
  };

  const fromThumbs = ({ thumb }) => thumb.querySelector('.thumb');
  const fromSlide = ({ slide }) => slide.querySelector('[data-remove]');
  // A recording has no caption.
  const toWrite = (one) => (one.caption.hidden ? fromThumbs(one) : one.caption);

  // Takes a file out, and shows the next one in its place. Gives the focus to what `fieldOf` returns of the file that
  // is shown then.
  const remove = (one, fieldOf) => {
    const at = dialog.slides.indexOf(one);
    observer.unobserve(one.slide);
    dialog.remove(one);
    const next = dialog.slides[Math.min(at, dialog.slides.length - 1)];
    if (!next) {
      current = undefined;
      form.querySelector('[data-add]').focus();
      return;
    }
    show(one === current ? next : current);
    fieldOf?.(current).focus({ preventScroll: true });
  };

  // Takes out a file that cannot be read. The user may be writing the caption of another one.
  const drop = (one) => {
    const hadFocus = one.slide.contains(document.activeElement) || one.thumb.contains(document.activeElement);
    remove(one, hadFocus ? toWrite : undefined);
  };

  const goto = (one, isFromThumbs) => {
    if (!one) return;
    show(one);
    const field = isFromThumbs ? fromThumbs(one) : toWrite(one);
    field.focus({ preventScroll: true });
  };

  form.addEventListener('click', ({ target }) => {
    const [one, button] = [oneOf(target), target.closest('button')];
    if (!one || !button) return;
    if ('show' in button.dataset) show(one);
    else if ('remove' in button.dataset) remove(one, thumbs.contains(button) ? fromThumbs : fromSlide);
    else if (button.dataset.move) move(one, Number(button.dataset.move), button);
  });

  form.addEventListener('keydown', (event) => {
    const { key, target, altKey, ctrlKey, metaKey } = event;
    const one = oneOf(target);
    if (!one || altKey || ctrlKey || metaKey) return;
    const isThumb = target.matches('.thumb');
    const step = PAGES[key] ?? (isThumb ? STEPS[key] : undefined);
    // From a recording the page keys lead to captions again.
    const isFromThumbs = isThumb && !(key in PAGES && one.caption.hidden);
    if (step) goto(dialog.slides[dialog.slides.indexOf(one) + step], isFromThumbs);
    else if (isThumb && key === 'Delete') remove(one, fromThumbs);
    else return;
    event.preventDefault();
  });

  // The focus comes with the Tab key: its slide is scrolled to by the browser, and becomes the current one.
  slides.addEventListener('focusin', ({ target }) => {
    const one = oneOf(target);
    if (one && one !== current) show(one);
  });

  thumbs.addEventListener('dragstart', ({ target, dataTransfer }) => {
    dragged = oneOf(target);
    dataTransfer.effectAllowed = 'move';
    dataTransfer.setData('text/plain', '');
  });
  thumbs.addEventListener('dragover', (event) => {
    const over = dragged && oneOf(event.target);
    if (!dragged) return;
    event.preventDefault();
    if (over && over !== dragged) place(dragged, dialog.slides.indexOf(over));
  });
  thumbs.addEventListener('drop', (event) => dragged && event.preventDefault());
  thumbs.addEventListener('dragend', () => {
    dragged = undefined;
  });

  // Goes on where there is something to write: to the caption of the current file.
  const enter = () => current && goto(current);

  return { append, drop, enter };
};

export { arrange };
