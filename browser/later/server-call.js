// Calls of server functions (`app/src/api`).

// A request that had no success: the status of the response, 0 without one, and the server's `ApiError`.
class Refusal extends Error {
  constructor(status, error) {
    super(String(status));
    Object.assign(this, { status, error });
  }
}

const jsonOf = (text) => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

const ask = async (name, body, signal) => {
  const headers = { accept: 'application/json' };
  const answer = await fetch(`/api/${name}`, { method: 'POST', headers, body, signal });
  return [answer, jsonOf(await answer.text())];
};

// Calls a function with fields, of which those that are undefined are left out, and resolves with its result. Nobody
// is logged in any more after a 401: the page leads to the login.
const call = async (name, fields, signal) => {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  let answer;
  let result;
  try {
    [answer, result] = await ask(name, new URLSearchParams(given), signal);
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new Refusal(0);
  }
  if (answer.ok) return result;
  if (answer.status === 401) globalThis.inbox.leave();
  throw new Refusal(answer.status, result);
};

export { call };
