// Draws any answer of the server: one screen for every flow.

import { device } from "./device.js";
import { byId, el } from "./dom.js";
import { key } from "./keypad.js";
import { bigText, itemRow, lineList, placeRow, targetRow, titleRow } from "./parts.js";
import { words } from "./words.js";

/** Puts the head of the screen: the job, who works, how far. */
export function drawHead(head, session, progress = null) {
  byId("head").textContent = head;
  byId("operator").textContent = session ? `${session.operator.name} · ${session.site.name}` : "";
  byId("count").textContent = progress ? `${progress.done} ${words.of} ${progress.of}` : "";
  const bar = byId("bar");
  bar.hidden = !progress;
  if (progress) Object.assign(bar, { max: Math.max(progress.of, 1), value: progress.done });
}

/** A training site must never be taken for the live one. */
export function drawSite(session) {
  const training = Boolean(session?.site.training);
  byId("training").hidden = !training;
  byId("training-name").textContent = training ? `${words.training} · ${session.site.name}` : "";
  document.documentElement.classList.toggle("is-training", training);
}

export function drawTask(screen, session) {
  const big = bigText(screen);
  drawHead(screen.head ?? screen.flow, session, screen.progress);
  byId("main").className = "task";
  byId("main").replaceChildren(...[
    placeRow(screen, big), titleRow(screen, big), targetRow(screen, big), itemRow(screen, big), lineList(screen),
  ].filter(Boolean));
  showCurrentLine();
}

// Only the list scrolls to the line at hand; the title stays where it is.
function showCurrentLine() {
  byId("main").scrollTop = 0;
  const [list, now] = [document.querySelector(".lines"), document.querySelector(".line.now")];
  if (now) list.scrollTop = now.offsetTop - list.offsetTop;
}

const takesQuantity = (screen) => screen.expect?.includes("quantity");

/** Up to four keys share a row; five or six make two rows of three. */
export function spread(count) { byId("keys").style.setProperty("--keys", count <= 4 ? count : count <= 6 ? 3 : 4); }

/** The lower third: one primary control at most, the keys of this state, and typing by hand. */
export function drawKeys(screen, { press, type, say, look }) {
  const whole = takesQuantity(screen) && screen.quantity > 0 ? screen.quantity : null;
  const keys = Object.entries(screen.keys ?? {}).map(([name, label]) =>
    key(el("span", {}, label, el("small", {}, name)), () => press(name)));
  spread(keys.length + 1 + Number(device.camera));
  byId("keys").replaceChildren(...[
    whole === null ? null : key(words.all(whole), () => say(String(whole)), { class: "primary wide" }),
    ...keys, device.camera ? key(words.camera, look) : null,
    key(el("span", {}, words.keyboard, el("small", {}, "A–9")), () => type(takesQuantity(screen) ? "digits" : "letters")),
  ].filter(Boolean));
}

/** The sign that a scan would be taken now. */
export function drawSign({ awake, silent }) {
  const sign = byId("sign");
  sign.dataset.state = awake ? "ready" : "wake";
  sign.textContent = awake ? words.ready : words.wake;
  byId("sound").hidden = !silent;
}

/** How many scans wait for an answer or were set aside. */
export function drawWaiting({ unsent, others, aside }) {
  const parts = [unsent + others ? words.waiting(unsent + others) : "", aside ? words.aside(aside) : ""].filter(Boolean);
  byId("waiting").hidden = !parts.length;
  byId("waiting").textContent = parts.join(" · ");
}
