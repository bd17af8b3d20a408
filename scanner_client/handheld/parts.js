// The pieces of a task's screen: place, title with quantity, the thing to scan, the item, the lines.

import { el, icon, sentence, svg } from "./dom.js";
import { KIND_WORDS, words } from "./words.js";

const PLACES = new Set(["location", "bin", "dock", "stage", "station"]);
const PLAIN = "#8b919b";
const SHORT = 4; // a tote's number may be larger than a bin's name

/** A text as large as fits its box on one line; `--n` tells the style sheet how many characters it has. */
export function fitted(className, text) {
  const length = String(text).length;
  const node = el("div", { class: `${className} code${length <= SHORT ? " short" : ""}` }, text);
  node.style.setProperty("--n", Math.max(length, SHORT));
  return node;
}

/** The text shown in 48 px: the item's SKU, else the place's or the target's label. */
export function bigText({ target, item, place, facts }) {
  if (facts?.example) return ""; // anything may be scanned: no single thing is asked for
  if (target?.kind === "item" && item) return item.sku;
  if (target) return target.label || target.code;
  return item?.sku ?? place?.name ?? "";
}

// "Take 2 CORE-RED" with a large 2 and CORE-RED below, "Go to A-03-12-B" over that place: the verb is enough.
function verb({ title, quantity }, big) {
  const cut = (text, part) => (part && `${text} `.includes(` ${part} `) ? `${text} `.replace(` ${part} `, " ").trim() : text);
  return cut(cut(title, big), quantity);
}

export function titleRow(screen, big) {
  const quantity = screen.target?.kind === "quantity" ? null : screen.quantity ?? null; // the number to type is told once
  return el("div", { class: "title" },
    el("h1", { "aria-label": screen.title }, sentence(verb(screen, big))),
    quantity === null ? null : el("b", { class: "qty num" }, String(quantity)));
}

const check = (place) => (place?.check ? el("span", { class: "check" }, `${words.check} `, el("b", { class: "num" }, place.check)) : null);

/** Where we stand, when the place itself is not the thing to scan. */
export function placeRow({ target, place }, big) {
  if (!place || place.name === big || PLACES.has(target?.kind)) return null;
  return el("div", { class: "place" }, icon("place"), el("b", { class: "code" }, place.name), check(place));
}

/** The thing to scan next. */
export function targetRow({ target, place, item }, big) {
  if (!big) return null;
  const kind = target?.kind ?? (item ? "item" : "location");
  const isPlace = PLACES.has(kind) && place?.name === big;
  return el("div", { class: "target", "data-kind": kind },
    kind === "key"
      ? el("div", { class: "kind" }, words.press(target.code))
      : el("div", { class: "kind" }, icon(PLACES.has(kind) ? "place" : kind), KIND_WORDS[kind] ?? kind, isPlace ? check(place) : null),
    fitted("big", big));
}

function picture(colour) {
  const fill = colour && CSS.supports("color", colour) ? colour : PLAIN;
  return svg("svg", { class: "picture", viewBox: "0 0 76 76", "aria-hidden": "true" },
    svg("path", { d: "M14 26 38 16 62 26 62 54 38 64 14 54Z", fill }),
    svg("path", { d: "M38 36 62 26 62 54 38 64Z", fill: "#000", "fill-opacity": ".28" }),
    svg("path", { d: "M14 26 38 16 62 26 38 36Z", fill: "#fff", "fill-opacity": ".3" }),
    svg("path", { d: "M14 26 38 36 62 26M38 36V64", fill: "none", stroke: "#000", "stroke-opacity": ".35" }));
}

export function itemRow({ item }, big) {
  if (!item) return null;
  return el("div", { class: "item" }, picture(item.colour),
    el("div", {},
      item.sku === big ? null : el("b", { class: "code" }, item.sku),
      el("div", { class: "name" }, item.name),
      item.code && item.code !== item.sku ? el("div", { class: "ean num" }, item.code) : null));
}

const MARKS = { now: "now", done: "ok", todo: "todo" };

function line({ sku, name, qty, of, state, label }) {
  return el("li", { class: `line ${state}`, "aria-current": state === "now" ? "step" : null },
    icon(MARKS[state] ?? "todo"),
    el("div", {}, el("b", { class: "code" }, sku), label && el("span", { class: "label" }, label), el("span", { class: "name" }, name)),
    el("span", { class: "num" }, of === null || of === undefined ? String(qty) : `${qty}/${of}`));
}

/** The lines of the list, when they say more than the item above them. */
export function lineList({ lines = [], item }) {
  if (!lines.length || (lines.length === 1 && item)) return null;
  return el("ul", { class: "lines" }, ...lines.map(line));
}
