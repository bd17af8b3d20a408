// Draws any answer of the server on the large screen: what to do and the order's lines left, the box right, keys below.

import { byId, el, icon } from "../handheld/dom.js";
import { bigText, placeRow, targetRow } from "../handheld/parts.js";
import { drawHead } from "../handheld/screen.js";
import { drawBox } from "./box.js";
import { heldBy, heldPanel } from "./held.js";
import { keyRow } from "./keys.js";
import { drawLines } from "./lines.js";

const UNSCANNED = new Set(["key", "quantity"]);

/** What to do now: the sentence, and the code to scan unless it stands in the lines below or is a key. */
function now(envelope) {
  const { title, target, lines = [] } = envelope;
  const listed = target?.kind === "item" && lines.some((line) => line.state === "now");
  const big = target && !listed && !UNSCANNED.has(target.kind) ? bigText(envelope) : "";
  return el("div", { class: `now${lines.length ? "" : " alone"}` },
    el("h1", { "aria-label": title }, title),
    big && !title.endsWith(` ${big}`) ? targetRow(envelope, big) : null,
    lines.length ? null : placeRow(envelope, big),
    target?.kind === "key" ? el("p", { class: "press" }, el("kbd", {}, target.code), target.label) : null);
}

/** Draws a task; `app.drawn` is what the screen showed before. */
export function drawBench(app, envelope) {
  const held = heldBy(envelope);
  drawHead(envelope.head ?? envelope.flow, app.session, envelope.progress?.of ? envelope.progress : null);
  document.body.toggleAttribute("data-held", Boolean(held));
  byId("main").className = "bench";
  byId("main").replaceChildren(...(held
    ? [icon("ask"), heldPanel(held, envelope)]
    : [now(envelope), drawLines(envelope, app.drawn)].filter(Boolean)));
  document.querySelector(".line.now")?.scrollIntoView({ block: "nearest" });
  drawBox(envelope, app.api);
  keyRow(envelope.keys ?? {});
}
