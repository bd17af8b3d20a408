// Who works on this handheld, kept on the device until they sign out.

import { uuid7 } from "./ids.js";

/** The name under which a person's scans are kept: never sent in the name of a colleague. */
export const ownerOf = (session) => String(session.operator.id ?? session.operator.name);

/** This device's own name, made once. */
export async function deviceName(store) {
  const known = await store.get("device");
  if (known) return known;
  const made = `hh-${uuid7().slice(-12)}`;
  await store.set("device", made);
  return made;
}

/** The session kept from before, checked with the server when it can be reached; null when there is none. */
export async function recall(store, api) {
  const kept = await store.get("session");
  if (!kept) return null;
  api.credential = kept.send;
  const reply = await api.call("GET", "session").catch(() => null);
  if (reply?.status === 401) return forget(store, api);
  return reply?.status === 200 && reply.body?.operator ? { ...kept, ...reply.body, send: kept.send } : kept;
}

export async function remember(store, api, session) {
  api.credential = session.send;
  await store.set("session", session);
}

/** Ends the session on this device; the queue stays. */
export async function forget(store, api) {
  api.credential = null;
  await store.forget("session");
  return null;
}
