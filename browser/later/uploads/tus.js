// The requests that send a file, with the protocol of https://tus.io (1.0, core and termination). The message
// is created first; its bytes follow in parts, and after a loss the server states how many it has.

const ADDRESS = '/envios';
// A request without any progress for so long is given up, in ms. The last one waits for the server to read
// the whole file.
const STALLED = 90000;
const HEADERS = { 'tus-resumable': '1.0.0' };

// The causes by the server's name of the error and by status; any other is a lost connection, and the request
// is repeated.
const CAUSES = {
  broken: 'lost_connection',
  closed: 'refused',
  out_of_reach: 'out_of_reach',
  replaced: 'refused',
  400: 'refused',
  401: 'logged_out',
  403: 'logged_out',
  404: 'over',
  409: 'again',
  410: 'over',
  413: 'refused',
  415: 'refused',
  422: 'refused',
  423: 'again',
  429: 'many_open',
  507: 'no_room',
};

// A request that had no success. `cause` is one of the above, or 'lost_connection'; `status` is that of the response,
// 0 without one, and `error` the server's name of the error.
class Failure extends Error {
  constructor(status, error) {
    super(error ?? String(status));
    this.status = status;
    this.cause = CAUSES[error] ?? CAUSES[status] ?? 'lost_connection';
    this.error = error;
  }
}

const errorIn = (text) => {
  try {
    return JSON.parse(text).error;
  } catch {
    return undefined;
  }
};

const ask = async (address, options) => {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), STALLED);
  try {
    const answer = await fetch(address, { signal: stop.signal, cache: 'no-store', ...options });
    if (!answer.ok) throw new Failure(answer.status, errorIn(await answer.text()));
    return answer;
  } catch (error) {
    throw error instanceof Failure ? error : new Failure(0);
  } finally {
    clearTimeout(timer);
  }
};

// Creates the message, and returns `{ message, received }`. With the same id it is created once.
const begin = async (description) => {
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const answer = await ask(ADDRESS, { method: 'POST', headers, body: JSON.stringify(description) });
  // The connection may be lost in the middle, and a network may answer with a login of its own.
  const begun = await answer.json().catch(() => undefined);
  if (!begun?.message) throw new Failure(0);
  return begun;
};

// Returns `{ sent, size }`: how much of the file the server has.
const progressOf = async (message) => {
  const { headers } = await ask(`${ADDRESS}/${message}`, { method: 'HEAD', headers: HEADERS });
  return { sent: Number(headers.get('upload-offset')), size: Number(headers.get('upload-length')) };
};

const cancel = (message) => ask(`${ADDRESS}/${message}`, { method: 'DELETE', headers: HEADERS, keepalive: true });

// Sends a part of the file, and returns the number of bytes that the server has then.
const append = (message, part, offset, onProgress, signal) =>
  new Promise((done, fail) => {
    const request = new XMLHttpRequest();
    let timer;
    const moves = () => {
      clearTimeout(timer);
      timer = setTimeout(() => request.abort(), STALLED);
    };
    const stop = () => request.abort();
    signal.throwIfAborted();
    request.open('PATCH', `${ADDRESS}/${message}`);
    const headers = { ...HEADERS, 'content-type': 'application/offset+octet-stream', 'upload-offset': offset };
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded }) => {
      moves();
      onProgress(offset + loaded);
    };
    request.onload = () => {
      if (request.status === 204) done(Number(request.getResponseHeader('upload-offset')));
      else fail(new Failure(request.status, errorIn(request.responseText)));
    };
    request.onerror = () => fail(new Failure(0));
    request.onabort = request.onerror;
    request.onloadend = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    };
    signal.addEventListener('abort', stop);
    moves();
    request.send(part);
  });

export { Failure, append, begin, cancel, progressOf };
