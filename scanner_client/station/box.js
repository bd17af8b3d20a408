// The right side: carton with its shape, weight against the expected band, what became of the label, the printer.

import { byId, el, icon, svg } from "../handheld/dom.js";
import { drawPacking } from "./picture.js";
import { labelPicture, warm } from "./print.js";
import { LABEL_WORDS, words } from "./words.js";

const VIEW = { width: 320, height: 150 };
const grams = (number) => number.toLocaleString("en-GB");

function part(title, ...body) {
  return el("section", { class: "part" }, el("h2", {}, title), ...body);
}

/** A box of these inner sides (mm), drawn to scale in a slanted view. */
export function shape([length, width, height]) {
  const slant = 0.5; // how far back a side leans, in both directions
  const scale = Math.min(VIEW.width / (length + width * slant), VIEW.height / (height + width * slant)) * 0.94;
  const [l, h, d] = [length * scale, height * scale, width * scale * slant];
  const [x, y] = [(VIEW.width - l - d) / 2, (VIEW.height - h - d) / 2 + d];
  const face = (name, path) => svg("path", { class: name, d: path });
  return svg("svg", { class: "shape", viewBox: `0 0 ${VIEW.width} ${VIEW.height}`, "aria-hidden": "true" },
    face("front", `M${x} ${y}h${l}v${h}h${-l}Z`),
    face("top", `M${x} ${y}l${d} ${-d}h${l}l${-d} ${d}Z`),
    face("side", `M${x + l} ${y}l${d} ${-d}v${h}l${-d} ${d}Z`));
}

function carton({ carton, packing, label }) {
  if (packing && !label) {
    const many = packing.of > 1 ? words.cartons(packing.of) : `${packing.sides.join(" × ")} mm`;
    return el("section", { class: "part" },
      el("div", { class: "row" }, el("b", { class: "name" }, packing.carton), el("span", { class: "quiet num" }, many)),
      drawPacking(packing));
  }
  if (!carton) return part(words.carton, el("p", { class: "quiet" }, words.noCarton));
  const sides = (carton.dims ?? "").split(/[^\d.]+/).map(Number).filter(Boolean);
  return part(words.carton,
    el("div", { class: "row" }, el("b", { class: "code" }, carton.name), el("span", { class: "quiet num" }, carton.dims ? `${carton.dims} mm` : "")),
    sides.length === 3 ? shape(sides) : null);
}

/** The expected band and the reading on one scale. */
export function scale({ low, high, reading }) {
  const [from, to] = [Math.min(low, reading ?? low) * 0.9, Math.max(high, reading ?? high) * 1.1];
  const at = (value) => `${(100 * (value - from)) / (to - from)}%`;
  const wide = `${(100 * (high - low)) / (to - from)}%`;
  return svg("svg", { class: "scale", width: "100%", height: "24", "aria-hidden": "true" },
    svg("rect", { class: "track", y: 7, width: "100%", height: 10, rx: 5 }),
    svg("rect", { class: "band-ok", x: at(low), y: 7, width: wide, height: 10 }),
    reading ? svg("rect", { class: "needle", x: at(reading), width: 4, height: 24 }) : null);
}

function weight({ low, high, reading, expected }) {
  if (!expected) return part(words.weight, el("p", { class: "quiet" }, words.noWeight));
  const out = reading && low && (reading < low || reading > high);
  return part(words.weight,
    el("div", { class: "row" },
      el("b", { class: `reading num${out ? " out" : ""}` }, reading ? grams(reading) : "–", el("small", {}, " g")),
      el("span", { class: "quiet num" }, low ? words.expected(grams(low), grams(high)) : words.about(grams(expected)))),
    low ? scale({ low, high, reading }) : null);
}

function label({ label, printer, label_job: job, reason }, api, task) {
  const [word, tone] = label ? LABEL_WORDS[label] ?? [label, ""] : [words.noLabel, ""];
  return part(words.label,
    el("div", { class: "row label", "data-tone": tone }, icon(tone || "printer"), el(label ? "b" : "span", { class: label ? "" : "quiet" }, word)),
    printer ? el("p", { class: "quiet printer" }, printer) : null,
    tone === "ask" && reason ? el("p", { class: "printer" }, reason) : null,
    job ? labelPicture(api, task, job) : null);
}

/** Carton and weight once both are settled: one line, for the label needs the room. */
function settled({ carton, weight = {} }) {
  return el("div", { class: "row settled" },
    carton ? el("b", { class: "code" }, carton.name) : null,
    carton?.dims ? el("span", { class: "quiet num" }, `${carton.dims} mm`) : null,
    weight.reading ? el("b", { class: "num" }, `${grams(weight.reading)} g`) : null);
}

/** Takes the order off the screen. */
export function clear() {
  document.body.removeAttribute("data-held");
  byId("box").hidden = true;
}

/** Shows the box of the order on the screen; hides the side while there is none. */
export function drawBox({ facts = {}, task, state }, api) {
  const box = byId("box");
  box.hidden = !facts.order || Boolean(facts.hold);
  if (box.hidden) return;
  const who = [facts.country, facts.initials].filter(Boolean).join(" · ");
  box.replaceChildren(
    el("div", { class: "order" }, el("b", { class: "code" }, facts.order), el("span", {}, who), el("span", { class: "quiet" }, words.units(facts.units))),
    ...(facts.label ? [settled(facts)] : [carton(facts), weight(facts.weight ?? {})]), ...(facts.packing && !facts.label && !facts.printer ? [] : [label(facts, api, task)]));
  if (state === "carton" || state === "weight") warm();
}
