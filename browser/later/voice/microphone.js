// The microphone, and the reasons why there is none. Each reason is the name of a sentence of the page
// (`pages/voice.rs`).

// The containers of Opus that the server takes; `docs/decisions/11-voice-notes.md` states why there is no other.
const TYPES = ['audio/ogg;codecs=opus', 'audio/webm;codecs=opus'];

const WANTED = { audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true } };

const REASONS = {
  NotAllowedError: 'denied',
  SecurityError: 'denied',
  NotFoundError: 'missing',
  OverconstrainedError: 'missing',
  NotReadableError: 'busy',
  AbortError: 'busy',
};

class Refusal extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

// Returns the media type that this browser records, of those that the server takes.
const recordedType = () => {
  // Browsers hide the microphone from pages without TLS.
  if (!globalThis.isSecureContext) throw new Refusal('insecure');
  const type = TYPES.find((one) => globalThis.MediaRecorder?.isTypeSupported(one));
  if (!type || !navigator.mediaDevices) throw new Refusal('format');
  return type;
};

// Asks for the microphone. Throws a `Refusal` with its reason.
const openMicrophone = async () => {
  try {
    return await navigator.mediaDevices.getUserMedia(WANTED);
  } catch (error) {
    throw new Refusal(REASONS[error.name] ?? 'unknown');
  }
};

const closeMicrophone = (stream) => {
  for (const track of stream.getTracks()) track.stop();
};

export { Refusal, closeMicrophone, openMicrophone, recordedType };
