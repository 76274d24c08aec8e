// What the dialogs of scripts have in common.

// Shows a dialog until it is closed, and removes it then. `onClose` is called once it is gone.
const showModal = (dialog, onClose) => {
  // "Back" shows another part of the inbox, which the dialog would cover.
  const close = () => dialog.close();
  addEventListener('popstate', close);
  dialog.addEventListener('close', () => {
    removeEventListener('popstate', close);
    dialog.remove();
    onClose?.();
  });
  document.body.append(dialog);
  dialog.showModal();
};

const isAnyOpen = () => document.querySelector('dialog[open]') !== null;

// Returns `open` as a function that does nothing while it runs: a dialog loads what it shows, and a second click comes
// before it is there.
const oneAtATime = (open) => {
  let isOpening = false;
  return async (...args) => {
    if (isOpening) return;
    isOpening = true;
    try {
      await open(...args);
    } finally {
      isOpening = false;
    }
  };
};

export { isAnyOpen, oneAtATime, showModal };
