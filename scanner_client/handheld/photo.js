// One photo of a label, read by the server: the way on where a page may not run the camera live.

import { camera as words } from "./camerawords.js";
import { el } from "./dom.js";
import { key } from "./keypad.js";
import { words as common } from "./words.js";

const PATIENCE_MS = 30_000;
const SIDE_MAX = 2400; // pixels: enough for any label, and quick to send

/** Lets the device take one photo; resolves with the file, or null. */
function takePhoto() {
  return new Promise((resolve) => {
    const input = el("input", { type: "file", accept: "image/*", capture: "environment", hidden: true, id: "photo" });
    const done = (file) => { input.remove(); resolve(file ?? null); };
    input.addEventListener("change", () => done(input.files[0]));
    input.addEventListener("cancel", () => done(null));
    document.body.append(input);
    input.click();
  });
}

// A smaller JPEG where the browser can make one; the photo as it is where it cannot.
async function smaller(file) {
  try {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, SIDE_MAX / Math.max(bitmap.width, bitmap.height));
    if (scale === 1) return file;
    const canvas = el("canvas", { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
    canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
    return (await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", 0.9); })) ?? file;
  } catch {
    return file;
  }
}

/** Sends a photo; resolves {codes: [{scan, text}]} or {trouble: sentence, null when no answer came}. */
async function readPhoto(api, file) {
  const body = new FormData();
  body.append("photo", await smaller(file), "photo");
  const response = await fetch(new URL("../photo", import.meta.url), {
    method: "POST", body, headers: api.headers(), cache: "no-store", credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE_MS),
  }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  return answer?.codes ? { codes: answer.codes } : { trouble: answer?.error?.sentence ?? null };
}

/** Takes a photo and scans the code in it; with several, the one the screen asks for or the one that is chosen. */
async function photograph(camera) {
  const { app } = camera;
  if (!app.signedIn) return app.band.show("stop", words.signIn);
  const file = await takePhoto();
  if (!file) return undefined;
  app.band.show("sent", words.reading);
  const { codes, trouble } = await readPhoto(app.api, file);
  if (!codes) return app.band.show("stop", trouble ?? common.noAnswer);
  return choose(camera, codes);
}

function choose(camera, codes) {
  const { band, sender } = camera.app;
  const wanted = codes.find(({ text }) => text === sender.last.target?.code) ?? (codes.length === 1 ? codes[0] : null);
  if (wanted) return camera.take(wanted.scan);
  const pick = ({ scan, text }) => key(text, () => { camera.take(scan); camera.show(); });
  if (codes.length) camera.buttons([...codes.slice(0, 4).map(pick), camera.closing()]);
  return band.show(codes.length ? "ready" : "stop", codes.length ? words.which : words.noCode);
}

/** What can be done instead when the camera cannot be used. */
export function waysOn(camera, name) {
  const type = () => { camera.close(); camera.app.keypad.show("letters"); };
  return [
    key(words.photo, () => photograph(camera), { class: "primary" }), name === "InsecureError" ? null : key(words.retry, () => camera.show()),
    key(words.type, type), camera.closing(),
  ];
}
