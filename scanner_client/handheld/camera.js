// The phone's camera as a scanner: what it reads goes the same way as any scan. Loaded when it is opened first.

import { camera as words, reason } from "./camerawords.js";
import { byId, el } from "./dom.js";
import { Eye } from "./eye.js";
import { code } from "./hand.js";
import { key } from "./keypad.js";
import { Lens } from "./lens.js";
import { waysOn } from "./photo.js";
import { Presence } from "./presence.js";

const FULL_EVERY = 5; // quick frames without a code, until one is read whole and hard

export class Camera {
  constructor(app) {
    Object.assign(this, { app, open: false, run: 0, eye: null, lit: false, presence: new Presence() });
    document.head.append(el("link", { rel: "stylesheet", href: "camera.css" }));
    this.video = el("video", { muted: true, playsinline: true });
    this.video.muted = true;
    this.caption = el("p", { class: "caption" });
    this.controls = el("div", { class: "controls" });
    this.lens = new Lens(this.video, () => this.fails("Ended"));
    this.view = el("section", { id: "camera", hidden: true, "aria-label": words.title },
      this.video, el("div", { class: "aim", "aria-hidden": "true" }), this.caption, this.controls);
    this.view.querySelector(".aim").addEventListener("click", () => this.presence.again());
    byId("main").after(this.view);
    document.addEventListener("visibilitychange", () => this.wake());
  }

  show() {
    Object.assign(this, { open: true });
    this.view.hidden = false;
    document.body.dataset.camera = "open";
    this.screen(this.app.sender.last);
    return this.start();
  }

  close() {
    Object.assign(this, { open: false, run: this.run + 1, lit: false });
    this.lens.stop();
    this.view.hidden = true;
    delete document.body.dataset.camera;
  }

  // A page out of sight gives the camera back, and takes it again when it is looked at.
  wake() {
    if (!this.open) return;
    this.run += 1;
    if (document.hidden) this.lens.stop();
    else this.start();
  }

  /** What the screen asks for stands over the picture. */
  screen({ title = "", target = null }) {
    const code = target ? target.label || target.code : "";
    this.caption.replaceChildren(el("span", {}, title), title.includes(code) ? "" : el("b", { class: "code" }, code));
  }

  async start() {
    const run = ++this.run;
    this.view.dataset.state = "starts";
    this.buttons([this.closing()]);
    try {
      await this.lens.start();
    } catch (error) {
      return run === this.run ? this.fails(error.name) : undefined;
    }
    if (run !== this.run) return this.open && !document.hidden ? undefined : this.lens.stop();
    this.eye ??= new Eye();
    return this.eye.ready.then(() => run === this.run && this.look(run), () => this.fails("Reader"));
  }

  async look(run) {
    this.view.dataset.state = "live";
    this.buttons([this.lens.torchable ? key(words.torch, () => this.light()) : null,
      key(words.again, () => this.presence.again(), { class: "primary" }), this.closing()]);
    for (let blank = 1; run === this.run;) {
      await this.lens.next();
      if (run !== this.run) return;
      const full = blank % FULL_EVERY === 0;
      const { width, height, pixels } = this.lens.grab(full);
      const codes = await this.eye.read({ width, height, pixels }, full).catch(() => null);
      if (run !== this.run) return;
      if (!codes) return this.fails("Reader");
      if (!codes.length) blank += 1;
      else if (!full) blank = 1; // what only the whole picture showed is looked for there again at once
      this.seen(codes, [width / 2, height / 2]);
    }
  }

  seen(codes, centre) {
    const { expect, target } = this.app.sender.last;
    const counting = document.body.dataset.view === "task" && Boolean(expect?.includes("quantity"));
    const found = this.presence.frame(codes, performance.now(), { counting, target: target?.code ?? "", centre });
    if (found) this.take(found.aim + found.text);
  }

  take(text) {
    if (document.body.dataset.view === "login") this.close();
    code(this.app, text, "camera");
  }

  async light() {
    this.lit = !this.lit;
    await this.lens.light(this.lit).catch(() => this.app.band.show("stop", words.torchOff));
  }

  /** The camera cannot go on: says why, and offers what can be done instead. */
  fails(name) {
    this.run += 1;
    this.lens.stop();
    if (name === "Reader") this.eye = this.eye?.close() ?? null;
    this.view.dataset.state = "trouble";
    this.caption.replaceChildren(el("b", {}, reason(name)));
    this.buttons(waysOn(this, name));
  }

  closing() { return key(words.close, () => this.close()); }
  buttons(list) { this.controls.replaceChildren(...list.filter(Boolean)); }
}
