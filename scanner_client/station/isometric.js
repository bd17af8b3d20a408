// Boxes in isometric view: x runs down to the right, y down to the left, z up.

import { svg } from "../handheld/dom.js";

export const VIEW = { width: 336, height: 244, margin: 6 };
const COS = Math.cos(Math.PI / 6);

/** Where a point of the carton (mm) lies in the view. */
export function camera([length, width, height]) {
  const scale = Math.min(
    (VIEW.width - 2 * VIEW.margin) / ((length + width) * COS), (VIEW.height - 2 * VIEW.margin) / ((length + width) / 2 + height));
  const left = (VIEW.width - (length + width) * COS * scale) / 2 + width * COS * scale;
  const top = (VIEW.height - ((length + width) / 2 + height) * scale) / 2 + height * scale;
  return (x, y, z) => [left + (x - y) * COS * scale, top + ((x + y) / 2 - z) * scale];
}

const points = (corners) => corners.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(" ");
export const face = (at, name, corners, more = {}) => svg("polygon", { class: name, points: points(corners.map((each) => at(...each))), ...more });

/** The three faces that one sees of a box from (x, y, z) to (x2, y2, z2). */
export function faces([x, y, z, x2, y2, z2]) {
  return {
    top: [[x, y, z2], [x2, y, z2], [x2, y2, z2], [x, y2, z2]],
    right: [[x2, y, z], [x2, y2, z], [x2, y2, z2], [x2, y, z2]],
    left: [[x, y2, z], [x2, y2, z], [x2, y2, z2], [x, y2, z2]],
  };
}

/** Back to front: a box comes before another when it lies behind it on some axis, and on none before it. */
export function painted(units) {
  const behind = (a, b) => {
    const axes = [1, 2, 3];
    return axes.some((k) => a.box[k + 3] <= b.box[k]) && !axes.some((k) => b.box[k + 3] <= a.box[k]);
  };
  const [left, order] = [[...units], []];
  while (left.length) {
    const at = left.findIndex((unit) => !left.some((other) => other !== unit && behind(other, unit)));
    order.push(...left.splice(Math.max(0, at), 1));
  }
  return order;
}

/** The open carton: what is drawn before its content, and the edges in front of it. */
export function carton(at, [length, width, height]) {
  return {
    behind: [
      face(at, "floor", [[0, 0, 0], [length, 0, 0], [length, width, 0], [0, width, 0]]),
      face(at, "wall", [[0, 0, 0], [length, 0, 0], [length, 0, height], [0, 0, height]]),
      face(at, "wall dark", [[0, 0, 0], [0, width, 0], [0, width, height], [0, 0, height]]),
    ],
    before: svg("path", { class: "edge", d: [
      [[0, width, 0], [0, width, height], [length, width, height], [length, width, 0], [0, width, 0]],
      [[length, width, height], [length, 0, height], [length, 0, 0], [length, width, 0]],
    ].map((line) => `M${line.map((each) => at(...each).map((n) => n.toFixed(1)).join(" ")).join("L")}`).join("") }),
  };
}
