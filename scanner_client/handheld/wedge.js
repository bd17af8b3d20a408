// Turns the keys of a scanner, a keypad or a thumb into codes. One field holds the text; Enter or Tab ends it.
// The value of the field is what counts: input methods put text there without any key event.

import { byScanner, scanStart } from "./rhythm.js";
import { Echo, once } from "./twice.js";

const GS = "\u001d"; // GS1 separator: many scanners send it as Ctrl+]; what stands for it in text, the server knows per profile
const SHOW_MS = 120;

const isPassword = (node) => node instanceof HTMLInputElement && node.type === "password";

export class Wedge {
  /** `on`: {code(text, {typed, thumb}), typing(text)}; `thumb`: some of it came from the keys on the screen. */
  constructor(field, on) {
    Object.assign(this, { field, on, signs: [], keyAt: null, thumb: false, showing: null, paused: false, echo: new Echo() });
    document.addEventListener("keydown", (event) => this.keydown(event), true);
    field.addEventListener("input", (event) => this.changed(event.timeStamp));
    field.addEventListener("beforeinput", (event) => { if (event.inputType === "insertLineBreak") this.end(event); });
    document.addEventListener("focusout", (event) => { if (!event.relatedTarget) setTimeout(() => this.focus()); });
    addEventListener("focus", () => this.focus());
    document.addEventListener("pointerdown", () => this.focus());
    document.addEventListener("mousedown", (event) => { if (!isPassword(event.target)) event.preventDefault(); });
  }

  /** Takes the keys, unless they are for a password or for a button that somebody chose with Tab. */
  focus() { if (!this.paused && document.activeElement === document.body) this.field.focus({ preventScroll: true }); }
  pause() { this.paused = true; this.clear(); this.field.blur(); }
  resume() { this.paused = false; this.field.focus({ preventScroll: true }); }

  keydown(event) {
    if (this.paused || isPassword(event.target) || event.isComposing) return;
    if (event.key === GS || (event.ctrlKey && !event.altKey && (event.key === "]" || event.code === "BracketRight"))) {
      event.preventDefault();
      return this.insert(GS, event.timeStamp);
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Enter" || event.key === "Tab") return this.end(event);
    if (event.key.length === 1 || event.key === "Backspace" || event.key === "Unidentified") this.rescue(event);
  }

  // The focus was lost (a button, the page): the very first key goes into the field all the same.
  rescue(event) {
    this.keyAt = event.key === "Unidentified" ? null : event.timeStamp; // an input method's: it brings text, not keys
    if (document.activeElement !== this.field) this.field.focus({ preventScroll: true });
  }

  // An empty field leaves Enter and Tab to the page (a button with the focus), and ignores CR LF's second half.
  end(event) {
    if (!this.field.value) return;
    event.preventDefault();
    this.commit();
  }

  /** Adds a character from the keys on the screen. */
  put(text) {
    this.thumb = true;
    this.insert(text, performance.now());
  }

  insert(text, at) {
    this.field.value += text;
    this.keyAt = at;
    this.changed(at);
  }

  backspace() {
    this.field.value = this.field.value.slice(0, -1);
    this.changed(performance.now());
  }

  clear() {
    this.field.value = "";
    this.changed(performance.now());
  }

  get text() { return this.field.value; }

  changed(at) {
    const value = this.field.value;
    const key = this.keyAt !== null && value.length === this.signs.length + 1;
    while (this.signs.length < value.length) this.signs.push({ at: this.keyAt ?? at, key });
    this.signs.length = value.length;
    if (!value) this.thumb = false;
    this.keyAt = null;
    if (/(\\r)?\\n$|[\r\n]$/.test(value)) return this.commit(); // suffix sent as text instead of a key
    clearTimeout(this.showing);
    this.showing = setTimeout(() => this.on.typing(this.field.value), value ? SHOW_MS : 0);
  }

  /** Ends the text as Enter does; an empty scan is no scan. */
  commit() {
    const [value, signs, thumb] = [this.field.value, this.signs, this.thumb];
    const start = scanStart(signs.map(({ at }) => at));
    this.signs = [];
    this.clear();
    const text = value.slice(start).replace(/((\\r)?\\n|[\r\n])+$/, "").trim();
    const own = signs.slice(start, start + text.length);
    if (text && !this.echo.of(once(text, own), own)) {
      this.on.code(once(text, own), { typed: !byScanner(own.map(({ at }) => at)), thumb });
    }
  }
}
