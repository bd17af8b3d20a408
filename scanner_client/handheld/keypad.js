// Typing without the phone's keyboard: a sheet of large keys, numbers or letters, that writes into the wedge's field.

import { byId, el, icon } from "./dom.js";
import { words } from "./words.js";

const LAYOUTS = { digits: "123456789".split(""), letters: "ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789".split("") };

/** A key of a sheet. */
export const key = (label, press, props = {}) => el("button", { type: "button", ...props, onclick: press }, label);

export class Keypad {
  constructor(wedge) { this.wedge = wedge; }

  get open() { return !byId("sheet").hidden; }

  /** Opens on "digits" or "letters". */
  show(layout) {
    const other = layout === "digits" ? "letters" : "digits";
    const body = [
      el("output", { id: "typing", class: "code" }, this.wedge.text),
      el("div", { class: `pad ${layout}` }, ...this.keys(layout)),
      el("div", { class: "row" },
        key(words.close, () => this.close()), key(words[other], () => this.show(other)),
        key(words.enter, () => this.enter(), { class: "primary" })),
    ];
    byId("sheet").replaceChildren(...body);
    byId("sheet").hidden = false;
  }

  keys(layout) {
    const type = (sign) => key(sign, () => this.wedge.put(sign));
    const back = key(icon("erase"), () => this.wedge.backspace(), { "aria-label": words.clear, class: "erase" });
    const list = LAYOUTS[layout].map(type);
    return layout === "digits" ? [...list, type("-"), type("0"), back] : [...list, back];
  }

  /** Shows what the field holds (also what a real keyboard typed). */
  echo(text) {
    const typing = byId("typing");
    if (typing) typing.textContent = text;
  }

  enter() {
    const empty = !this.wedge.text;
    this.wedge.commit();
    if (!empty) this.close();
  }

  close() {
    byId("sheet").hidden = true;
    byId("sheet").replaceChildren();
  }
}
