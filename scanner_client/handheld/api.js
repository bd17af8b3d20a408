// Talks HTTP to the server and says what kind of reply came back; knows nothing of screens.

const BASE = new URL("../", import.meta.url);
const PATIENCE_MS = 10_000;
const NOT_YET = new Set([408, 425, 429]);
const BUSY_CODES = new Set(["busy", "in_flight"]);

/** True when `body` is a screen as the scan contract describes it. */
export const isEnvelope = (body) =>
  body !== null && typeof body === "object" && "turn" in body && "tone" in body && typeof body.title === "string";

/**
 * What a reply means for a scan: "answer" (never send again), "signin" (who are you?), "retry" (not now),
 * "broken" (the server failed on it). Anything that is not our JSON (a portal's page, a proxy's error) is no answer.
 */
export function meaning({ status, body }) {
  if (status === 401) return "signin";
  if (isEnvelope(body)) return "answer";
  if (!body?.error) return "retry";
  if (NOT_YET.has(status) || BUSY_CODES.has(body.error.code)) return "retry";
  if (status >= 500) return status === 503 ? "retry" : "broken";
  return status >= 400 ? "answer" : "retry";
}

async function json(response) {
  try {
    return await response.json();
  } catch {
    return null;
  }
}

export class Api {
  credential = null; // {header, value} as the login answered it

  /** Sends one request; resolves {status, body, wait} (wait in ms, from Retry-After); rejects when no reply came. */
  async call(method, path, body) {
    const giveUp = new AbortController();
    const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
    try {
      const response = await fetch(new URL(path, BASE), {
        method, headers: this.headers(body), body: body === undefined ? undefined : JSON.stringify(body),
        cache: "no-store", credentials: "same-origin", signal: giveUp.signal,
      });
      const wait = 1000 * (Number(response.headers.get("Retry-After")) || 0);
      return { status: response.status, body: await json(response), wait };
    } finally {
      clearTimeout(timer);
    }
  }

  headers(body) {
    const headers = { Accept: "application/json" };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    if (this.credential) headers[this.credential.header] = this.credential.value;
    return headers;
  }
}
