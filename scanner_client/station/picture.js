// The picture of the packing: the open carton from above, what is in it, and the unit that comes next. ← and → turn its
// pages: each unit in the order in which it goes in, the floor first.

import { byId, el, svg } from "../handheld/dom.js";
import { VIEW, camera, carton, face, faces, painted } from "./isometric.js";
import { words } from "./words.js";

// For goods whose colour nobody knows: the tokens' set, which the colour-blind can tell apart.
const PLAIN = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#f0e442", "#8b919b"];

let shown = null; // {packing, page}: what is drawn, and the page that somebody turned to; null = as it stands

function block(at, unit) {
  const [, ...box] = unit.box;
  const sides = faces(box);
  return svg("g", { class: `unit ${unit.state}`, "data-sku": unit.box[0] },
    ...["top", "right", "left"].map((name) => face(at, name, sides[name], { fill: unit.colour })),
    ...["top", "right", "left"].map((name) => face(at, `shade ${name}`, sides[name])));
}

/** How a unit lies, by the side that stands upright. */
function lying([, , , , dx, dy, dz]) {
  if (dz <= Math.min(dx, dy)) return words.flat;
  return dz >= Math.max(dx, dy) ? words.standing : words.onEdge;
}

/** The units of `packing` with colour and state: as it stands, or as on the page that somebody turned to. */
function staged({ units, state, lines }, page) {
  const skus = Object.keys(lines);
  return units.map((unit, i) => ({
    box: [unit[0], unit[1], unit[2], unit[3], unit[1] + unit[4], unit[2] + unit[5], unit[3] + unit[6]],
    colour: CSS.supports("color", lines[unit[0]][0]) ? lines[unit[0]][0] : PLAIN[skus.indexOf(unit[0]) % PLAIN.length],
    state: page === null ? state[i] : i < page - 1 ? "in" : i === page - 1 ? "next" : "todo",
    step: i + 1,
    raw: unit,
  }));
}

function caption(packing, stage) {
  const next = stage.find((unit) => unit.state === "next");
  const steps = words.step(next ? next.step : stage.filter((unit) => unit.state === "in").length, stage.length);
  const soft = packing.soft.map(([sku, qty]) => `${qty} × ${sku}`).join(", ");
  return el("div", { class: "steps" },
    el("div", { class: "row" },
      el("span", { class: "num step" }, steps),
      next ? el("span", { class: "how" }, el("span", { class: "code" }, next.box[0]), ` ${lying(next.raw)}`) : el("span", { class: "how" }, words.allIn),
      el("span", { class: "pages", "aria-hidden": "true" }, el("kbd", {}, "←"), el("kbd", {}, "→"))),
    soft ? el("p", { class: "quiet" }, words.soft(soft)) : null);
}

/** The picture of `packing` (facts of an answer): drawing and caption. */
export function drawPacking(packing, page = null) {
  shown = { packing, page };
  const [at, stage] = [camera(packing.sides), staged(packing, page)];
  const { behind, before } = carton(at, packing.sides);
  const visible = painted(stage.filter((unit) => unit.state !== "todo"));
  const next = stage.find((unit) => unit.state === "next");
  const ring = ["halo", "ring"].flatMap((name) => (next ? Object.values(faces(next.box.slice(1))).map((side) => face(at, name, side)) : []));
  return el("div", { class: "packing", "data-step": next?.step ?? "" },
    svg("svg", { viewBox: `0 0 ${VIEW.width} ${VIEW.height}`, role: "img", "aria-label": words.picture(packing.carton) },
      ...behind, ...visible.map((unit) => block(at, unit)), before, ...ring),
    caption(packing, stage));
}

/** Turns to the page before or after; past the last page the picture is again as it stands. */
export function turnPage(step) {
  const drawn = byId("box").querySelector(".packing");
  if (!drawn || !shown) return;
  const { packing, page } = shown;
  const from = page ?? (step > 0 ? 0 : packing.units.length + 1);
  const to = from + step;
  drawn.replaceWith(drawPacking(packing, to < 1 || to > packing.units.length ? null : to));
}
