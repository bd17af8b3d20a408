// Starts the handheld when the page has loaded, and keeps the lamp and the shell alive where the browser can.

import { Handheld } from "./app.js";
import { byId } from "./dom.js";
import { words } from "./words.js";

async function keepAwake() {
  if (document.hidden || !("wakeLock" in navigator)) return;
  await navigator.wakeLock.request("screen").catch(() => undefined); // refused on a low battery: the floor goes on
}

async function start() {
  const handheld = new Handheld();
  try {
    await handheld.start();
  } catch (error) {
    byId("band").dataset.tone = "stop";
    byId("band").textContent = `${words.noStore} (${error.name})`;
    throw error;
  }
}

start();
keepAwake();
document.addEventListener("visibilitychange", keepAwake);
// Only an improvement: without HTTPS there is no service worker, and the queue does not need one.
if (window.isSecureContext) navigator.serviceWorker?.register("sw.js").catch(() => undefined);
