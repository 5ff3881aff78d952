/** A call that did not do what was asked; `message` is for the person. */
export class CallFailed extends Error {
  constructor(message, { offline = false, code = null, status = 0 } = {}) {
    super(message);
    this.offline = offline;
    this.code = code;
    this.status = status;
  }
}

let token = "";

/** Who may be whom, what is connected, and the token that every POST carries. */
export async function loadSession() {
  const session = await call("api/session");
  token = session.token;
  return session;
}

export function loadThreads(person) {
  return call(`api/threads?person=${encodeURIComponent(person)}`);
}

export function loadThread(id, person) {
  return call(`api/threads/${encodeURIComponent(id)}?person=${encodeURIComponent(person)}`);
}

/** Ends the sign-in; the page is loaded again by whoever calls. */
export async function signOut() {
  await post("auth/logout", {});
}

/** Where a sign-in begins; it comes back to what the page shows now. */
export function signInAddress() {
  return `auth/login?to=${encodeURIComponent(location.pathname + location.hash)}`;
}

/** Posts again once when Pipewright was restarted in between and knows another token. */
export async function post(path, body) {
  try {
    return await send(path, body);
  } catch (error) {
    if (error.code !== "token") throw error;
    await loadSession();
    return send(path, body);
  }
}

/** One id a click: posting the same click again does nothing twice. */
export function newClickId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function send(path, body) {
  return call(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Pipewright-Token": token },
    body: JSON.stringify(body),
  });
}

async function call(path, options = {}) {
  let response;
  try {
    response = await fetch(path, { ...options, cache: "no-store" });
  } catch {
    throw new CallFailed("Pipewright can't be reached; nothing was done. Is it still running?", { offline: true });
  }
  if (response.status === 204) return {};
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const message = body.error ?? `Pipewright answered ${response.status}; nothing was done.`;
  throw new CallFailed(message, { code: body.code ?? null, status: response.status });
}
