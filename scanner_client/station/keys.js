// The row of keys at the bottom: they are pressed on the keyboard; a click does the same.

import { byId, el } from "../handheld/dom.js";

/** Shows `keys` ({F2: "Missing"}); a click sends the key's own event, so that there is one way only. */
export function keyRow(keys) {
  const press = (name) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: name, bubbles: true }));
  byId("keys").replaceChildren(...Object.entries(keys).map(([name, label]) =>
    el("button", { type: "button", tabindex: -1, onclick: () => press(name) }, el("kbd", {}, name), label)));
}
