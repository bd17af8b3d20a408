// The other half of the set-up page: camera, tones, what the browser can do, installation.

import { device } from "./device.js";
import { byId, el } from "./dom.js";
import { words } from "./setupwords.js";
import { Tones } from "./tones.js";

const tones = new Tones(() => undefined);
const check = (good, [yes, no]) => el("li", {}, good ? `✓ ${yes}` : `✗ ${no}`);

async function tryCamera() {
  const shown = byId("camera-read");
  try {
    const { Camera } = await import("./camera.js");
    class Trial extends Camera {
      take(text) { shown.textContent = text.replaceAll("\u001d", "␝"); }
    }
    const band = { show: (_tone, sentence) => { shown.textContent = sentence; } };
    tryCamera.camera ??= new Trial({ sender: { last: {} }, band, signedIn: false, keypad: { show: () => byId("trial").focus() } });
    await tryCamera.camera.show();
  } catch {
    shown.textContent = words.network;
  }
}

async function showChecks() {
  const kept = await navigator.storage?.persisted?.().catch(() => false);
  byId("checks").replaceChildren(
    check(window.isSecureContext, words.checks.https), check(kept, words.checks.store),
    check("wakeLock" in navigator, words.checks.wake), check("vibrate" in navigator, words.checks.shake));
}

function offerInstallation() {
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    byId("install").hidden = false;
    byId("install").onclick = () => event.prompt();
  });
  addEventListener("appinstalled", () => {
    byId("install").hidden = true;
    byId("install-note").textContent = words.installed;
  });
  if (/iPhone|iPad/.test(navigator.userAgent)) byId("install-note").textContent = words.ios;
}

/** Fills everything below the scanner's own tests. */
export function showDevice(store) {
  byId("camera-on").checked = device.camera;
  byId("camera-on").addEventListener("change", () => store.set("camera", byId("camera-on").checked));
  byId("camera-try").addEventListener("click", tryCamera);
  byId("tones").replaceChildren(...Object.entries(words.tones).map(([tone, name]) =>
    el("button", { class: "key", type: "button", onclick: () => tones.unlock().then(() => tones.play(tone)) }, name)));
  offerInstallation();
  showChecks();
}
