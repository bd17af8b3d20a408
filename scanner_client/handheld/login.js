// Signing in: a badge by scan, then six digits on a pad. The PIN never enters the queue, the wedge or the disk.

import { device as own, isBadge } from "./device.js";
import { byId, el, icon } from "./dom.js";
import { key } from "./keypad.js";
import { drawHead, spread } from "./screen.js";
import { words } from "./words.js";

const PIN_LENGTH = 6;
const SURE_MS = 150;

export class Login {
  /** `on`: {done(session), cancel(), type(layout), look()}. */
  constructor({ api, band, wedge, device }, on) {
    Object.assign(this, { api, band, wedge, device, on, badge: null, profile: "", asking: false, busy: false });
  }

  /** Asks for a badge. */
  show(note = words.scanBadge, tone = "ready") {
    Object.assign(this, { badge: null, asking: false });
    this.wedge.resume();
    drawHead("Pickwell", null);
    spread(own.camera ? 3 : 2);
    byId("main").className = "login";
    byId("main").replaceChildren(icon("badge"), el("h1", {}, words.scanBadge));
    byId("keys").replaceChildren(key(words.typeIt, () => this.on.type("letters")), own.camera ? key(words.camera, () => this.on.look()) : "", el("a", { class: "key", href: "setup" }, words.setup));
    this.band.show(tone, note, { quiet: tone === "ready" });
  }

  /** Asks for the PIN of a badge that a scanner with this profile read. */
  scanned(badge, profile = own.profile) {
    Object.assign(this, { badge, profile, asking: true });
    this.wedge.pause();
    drawHead("Pickwell", null);
    spread(1);
    this.pin = el("input", { id: "pin", type: "password", inputmode: "none", autocomplete: "one-time-code", "aria-label": words.enterPin });
    this.pin.addEventListener("input", () => this.typed());
    this.pin.addEventListener("keydown", (event) => { if (event.key === "Enter") this.entered(); });
    this.pin.addEventListener("blur", () => setTimeout(() => { if (this.asking) this.pin.focus(); }));
    byId("main").className = "login pin";
    byId("main").replaceChildren(el("h1", {}, words.enterPin), el("div", { class: "dots", "aria-hidden": "true" }), this.pin, this.pad());
    byId("keys").replaceChildren(key(words.otherBadge, () => this.cancel()));
    this.band.show("ready", words.badgeRead, { quiet: true });
    this.dots();
    this.pin.focus();
  }

  pad() {
    const put = (digit) => { if (!this.busy) this.set(this.pin.value + digit); };
    const digits = "123456789".split("").map((digit) => key(digit, () => put(digit)));
    return el("div", { class: "pad digits" }, ...digits,
      key("C", () => this.set(""), { "aria-label": words.clear }), key("0", () => put("0")),
      key(icon("erase"), () => this.set(this.pin.value.slice(0, -1)), { "aria-label": words.eraseOne, class: "erase" }));
  }

  set(value) {
    this.pin.value = value;
    this.typed();
  }

  // Six digits are the PIN once no seventh follows: a code scanned onto the field must not cost an attempt.
  typed() {
    this.dots();
    clearTimeout(this.pause);
    if (!this.busy && /^\d{6,}$/.test(this.pin.value)) this.pause = setTimeout(() => this.entered(), SURE_MS);
  }

  // Enter, or the pause behind six digits. Another badge scanned onto the PIN is a badge.
  entered() {
    clearTimeout(this.pause);
    const value = this.pin.value.trim();
    if (isBadge(value)) this.scanned(value);
    else if (/^\d{6}$/.test(value)) this.submit();
    else if (value) this.refuse(words.noPin);
  }

  refuse(sentence) {
    this.set("");
    this.band.show("stop", sentence);
  }

  dots() {
    const marks = Array.from({ length: PIN_LENGTH }, (_, i) => el("i", { class: i < this.pin.value.length ? "on" : null }));
    document.querySelector(".dots").replaceChildren(...marks);
  }

  async submit() {
    this.busy = true;
    const body = { badge: this.badge, pin: this.pin.value, device: this.device, profile: this.profile };
    const reply = await this.api.call("POST", "login", body).catch(() => null);
    this.busy = false;
    if (reply?.status === 200 && reply.body?.send) return this.finish(reply.body);
    return this.refuse(reply?.body?.error?.sentence ?? words.noAnswer);
  }

  finish({ send, operator, site, flows }) {
    this.hide();
    this.on.done({ send, operator, site, flows });
  }

  cancel() {
    this.hide();
    this.on.cancel();
  }

  hide() {
    clearTimeout(this.pause);
    this.asking = false;
    this.wedge.resume();
  }
}
