// The menu: what can be done here by this person; also takes any scan.

import { device } from "./device.js";
import { byId, el } from "./dom.js";
import { key } from "./keypad.js";
import { drawHead, spread } from "./screen.js";
import { words } from "./words.js";

/** The flow that a function key or a typed number (1 for F1, 10 for F10) chooses, or undefined. */
export function flowFor(flows, text) {
  const name = /^([1-9]|1[0-2])$/.test(text) ? `F${text}` : text.toUpperCase();
  return flows.find((flow) => flow.key === name);
}

/** Draws the menu; `on`: {start(flow), resume(), type(layout), look(), signOut(), light()}; `left` is the task just left. */
export function drawMenu(session, left, on) {
  const flows = session.flows.map((flow) =>
    key(el("span", {}, flow.title, flow.key ? el("small", {}, flow.key) : null), () => on.start(flow)));
  drawHead(words.menu, session);
  byId("main").className = "menu";
  byId("main").replaceChildren(el("p", { class: "quiet" }, words.menuHint), el("div", { class: "flows" }, ...flows));
  const night = document.documentElement.dataset.theme === "night";
  spread(device.camera ? 4 : 3);
  byId("keys").replaceChildren(...[
    left ? key(words.resume(left.head ?? left.flow), () => on.resume(), { class: "primary wide" }) : null,
    key(words.signOut, () => on.signOut()),
    key(night ? words.day : words.night, () => on.light(night ? "day" : "night")),
    device.camera ? key(words.camera, () => on.look()) : null,
    key(el("span", {}, words.keyboard, el("small", {}, "A–9")), () => on.type("letters")),
  ].filter(Boolean));
}
