// Builds elements without markup strings, so that no text of an answer can ever become HTML.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, props, children) {
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** An HTML element; props named on… are listeners, the others attributes; null children are left out. */
export const el = (tag, props = {}, ...children) => fill(document.createElement(tag), props, children);

/** An SVG element. */
export const svg = (tag, props = {}, ...children) => fill(document.createElementNS(SVG, tag), props, children);

/** The icon `name` of the sprite in index.html; always beside a word, so it is hidden from screen readers. */
export const icon = (name) => svg("svg", { class: "icon", "aria-hidden": "true" }, svg("use", { href: `#i-${name}` }));

/** A sentence whose codes ("A-01-2", "CORE-RED") are not broken at their hyphens, as nodes. */
export const sentence = (text) =>
  String(text).split(/(\S+-\S+)/).map((part, place) => (place % 2 ? el("span", { class: "whole" }, part) : part));

/** The one element with this id. */
export const byId = (id) => document.getElementById(id);
