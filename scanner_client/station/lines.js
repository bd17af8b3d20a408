// The order's lines as large rows: what is still missing stands out, what is verified moves on and dims.

import { el, icon } from "../handheld/dom.js";
import { itemRow } from "../handheld/parts.js";
import { words } from "./words.js";

const ROOMY = 5; // so many rows fit in full size
const CLOSE = 8;

const key = (line) => `${line.sku} ${line.label ?? ""}`;

function count({ qty, of, state }) {
  return el("div", { class: "count num" },
    state === "done" ? icon("ok") : null,
    state === "done" ? String(qty) : el("span", {}, String(qty), el("small", {}, ` ${words.of} ${of}`)));
}

function row(line, before) {
  const took = before !== undefined && line.qty > before;
  return el("li", { class: `line ${line.state}${took ? " took" : ""}`, "aria-current": line.state === "now" ? "step" : null },
    itemRow({ item: { sku: line.sku, name: line.name, colour: line.colour } }),
    line.label ? el("span", { class: "label" }, line.label) : null,
    count(line));
}

/** The rows of `envelope`; those whose count grew since `drawn` (the screen before) show it. Null without lines. */
export function drawLines({ lines = [], task }, drawn) {
  if (!lines.length) return null;
  const same = drawn?.task === task ? drawn.lines ?? [] : [];
  const before = new Map(same.map((line) => [key(line), line.qty]));
  const size = lines.length <= ROOMY ? "roomy" : lines.length <= CLOSE ? "close" : "tight";
  return el("ul", { class: `lines ${size}` }, ...lines.map((line) => row(line, before.get(key(line)))));
}
