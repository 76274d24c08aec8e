// The place of something that belongs to the composer of one conversation. The program builds composers anew, or
// uses one for another conversation, so the place is checked after every change of the page.

const composerOf = (chat) => {
  const form = document.querySelector('form.composer');
  return form?.elements.chat?.value === chat ? form : undefined;
};

// Scrolls the conversation `chat` to its newest message. Returns false if it is not shown.
const showEnd = (chat) => {
  const log = composerOf(chat)?.closest('.conversation').querySelector('.log');
  if (log) log.scrollTop = 0;
  return Boolean(log);
};

const put = (home, where, element) => {
  if (where in home) home[where](element);
  else home.querySelector(where).before(element);
};

// Keeps `element` in the composer of `chat` while that is shown, and calls `onLeave` each time it is not any more. The
// element is at the end of the page then. `where` is the beginning of the composer ('prepend'), its end ('append'), or
// a selector of what the element stands before. Returns a function that removes it.
const keepInComposer = (element, chat, where, onLeave) => {
  const check = () => {
    const home = composerOf(chat) ?? document.body;
    if (element.parentElement === home) return;
    put(home, home === document.body ? 'append' : where, element);
    element.classList.toggle('elsewhere', home === document.body);
    if (home === document.body) onLeave();
  };
  const composer = composerOf(chat);
  if (composer) put(composer, where, element);
  const observer = new MutationObserver(check);
  observer.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['value'] });
  return () => {
    observer.disconnect();
    element.remove();
  };
};

// Returns true if the conversation `chat` is open and nobody may write in it any more.
const isClosedTo = (chat) => location.pathname.endsWith(`/chat/${chat}`) && !composerOf(chat);

// Calls `listener` when the right to write in `chat` is lost, with true, and when it is back, with false. Returns a
// function that ends it.
const watchRight = (chat, listener) => {
  let isLost = false;
  const check = () => {
    if (isClosedTo(chat) === isLost) return;
    isLost = !isLost;
    listener(isLost);
  };
  // The address of another conversation may come after its elements.
  const observer = new MutationObserver(() => setTimeout(check));
  observer.observe(document.body, { childList: true, subtree: true });
  return () => observer.disconnect();
};

export { composerOf, isClosedTo, keepInComposer, showEnd, watchRight };
