// Tells the customer of the open conversation that somebody types or records here, as a phone does. WhatsApp takes
// it for over unless it is repeated. Nothing is told while a draft arrives from another tab, and what cannot be told
// at once never is.

// Time after which it is told again, and after which a text rests, in ms.
const REPEAT = 10000;
const REST = 5000;

// What was told last: of which conversation, and when.
let told;
// What is to be told of each conversation once the request that is under way was answered: requests must not
// overtake each other.
const next = new Map();
let isBusy = false;
let resting;
let repeating;

const post = async (chat, state) => {
  const body = new URLSearchParams({ chat, state });
  try {
    await fetch('/api/typing', { method: 'POST', headers: { accept: 'application/json' }, body, keepalive: true });
  } catch {
    // It is worth nothing later.
  }
};

const tell = async (chat, state) => {
  told = { chat, state, at: performance.now() };
  next.set(chat, state);
  if (isBusy) return;
  isBusy = true;
  for (const [of, what] of next) {
    next.delete(of);
    await post(of, what);
  }
  isBusy = false;
};

const isActive = () => told !== undefined && told.state !== 'paused';

const tellPause = () => {
  clearTimeout(resting);
  clearInterval(repeating);
  if (isActive()) tell(told.chat, 'paused');
};

const tellActive = (chat, state) => {
  clearTimeout(resting);
  clearInterval(repeating);
  if (isActive() && told.chat !== chat) tell(told.chat, 'paused');
  const isKnown = told?.chat === chat && told.state === state && performance.now() - told.at < REPEAT;
  if (!isKnown) tell(chat, state);
};

// A recording goes on until it is told that it pauses.
const tellRecording = (chat) => {
  tellActive(chat, 'recording');
  repeating = setInterval(tell, REPEAT, chat, 'recording');
};

const onInput = ({ target, isTrusted }) => {
  if (!target.matches('.composer textarea[data-chat]')) return;
  if (!target.value.trim()) {
    // It was sent or deleted.
    tellPause();
  } else if (isTrusted) {
    tellActive(target.dataset.chat, 'composing');
    resting = setTimeout(tellPause, REST);
  }
};

const onLeave = ({ target }) => {
  if (told?.state === 'composing' && target.matches('.composer textarea')) tellPause();
};

// The page may not live until the answer of an earlier request.
const onHide = () => {
  clearTimeout(resting);
  clearInterval(repeating);
  if (isActive()) post(told.chat, 'paused');
  told = undefined;
};

const typing = () => {
  document.addEventListener('input', onInput);
  document.addEventListener('focusout', onLeave);
  addEventListener('pagehide', onHide);
};

export { tellPause, tellRecording, typing };
