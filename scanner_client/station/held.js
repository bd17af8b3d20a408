// A held order: the whole screen says so, why, who clears it, and what the packer does meanwhile.

import { el } from "../handheld/dom.js";
import { words } from "./words.js";

const HELD = new Set(["on_hold", "held_meanwhile"]); // refusals of a scan

/** The hold of the order on the screen or of the one just scanned: {code, reason, who}; null without one. */
export function heldBy({ facts = {}, refusal, note }) {
  if (facts.hold) return typeof facts.hold === "string" ? { code: facts.hold } : facts.hold;
  return HELD.has(refusal) ? { reason: note } : null;
}

/** What fills the amber screen. */
export function heldPanel({ code, reason, who }, { title, keys = {}, facts = {} }) {
  const [key] = Object.keys(keys);
  const onScreen = Boolean(facts.hold);
  return el("div", { class: "held", role: "alert" },
    el("p", { class: "order" }, facts.order ? `${words.order} ${facts.order}` : ""),
    el("h1", { "aria-label": title }, code ? `${words.held}: ${code.replaceAll("_", " ").toLowerCase()}` : words.held),
    reason ? el("p", { class: "reason" }, reason) : null,
    onScreen ? el("p", {}, who ? words.clears(who) : words.supervisor) : null,
    el("p", { class: "next" }, onScreen ? (key ? words.aside(key, keys[key]) : "") : title));
}
