// The handheld: wires keys, queue, screen and tones together. The server owns the state; this draws its answers.

import { Api, isEnvelope } from "./api.js";
import { Band } from "./band.js";
import { loadDevice, origin } from "./device.js";
import { byId } from "./dom.js";
import { Keypad } from "./keypad.js";
import { listenToKeys } from "./keys.js";
import { Login } from "./login.js";
import { code, escape, press, takes, toMenu, typing } from "./hand.js";
import { paint } from "./paint.js";
import { askWho, enter, stay } from "./people.js";
import { drawSign } from "./screen.js";
import { NOWHERE, Sender } from "./sender.js";
import { answered, changed, told } from "./replies.js";
import { deviceName, recall } from "./session.js";
import { openStore } from "./store.js";
import { Tones } from "./tones.js";
import { showTray } from "./tray.js";
import { Wedge } from "./wedge.js";
import { words } from "./words.js";

export class Handheld {
  session = null; // the last person's, also while the login asks for a new one
  signedIn = false;
  left = null; // the task that the menu can return to
  pressed = null; // the key that waits for its answer, with its screen
  camera = null; // loaded when it is opened first
  state = { unsent: 0, others: 0, aside: 0, trouble: null };

  ready = new Promise((resolve) => { this.isReady = resolve; });

  async start() {
    this.api = new Api();
    this.tones = new Tones(() => this.sign());
    this.band = new Band(this.tones);
    this.wedge = new Wedge(byId("wedge"), {
      code: (text, how) => this.ready.then(() => code(this, text, origin(how))), // also while the page starts
      typing: (text) => typing(this, text),
    });
    this.keypad = new Keypad(this.wedge);
    this.store = await openStore();
    await loadDevice(this.store);
    document.documentElement.dataset.theme = (await this.store.get("theme")) ?? "";
    this.sender = new Sender(this.store, this.api, {
      answer: (reply) => answered(this, reply), changed: (state) => changed(this, state), signin: () => askWho(this),
    });
    const login = { api: this.api, band: this.band, wedge: this.wedge, device: await deviceName(this.store) };
    this.login = new Login(login, {
      done: (session) => enter(this, session), cancel: () => stay(this), type: (layout) => this.keypad.show(layout), look: () => this.look(),
    });
    this.listen();
    await this.sender.changed();
    const kept = await recall(this.store, this.api);
    if (kept) await enter(this, kept);
    else await askWho(this);
    this.isReady();
  }

  listen() {
    listenToKeys({ press: (name) => press(this, name), takes: (name) => takes(this, name), escape: () => escape(this) });
    byId("menu").addEventListener("click", () => toMenu(this));
    byId("waiting").addEventListener("click", () => showTray(this.store, this.sender));
    byId("typed-enter").addEventListener("click", () => this.wedge.commit());
    for (const kind of ["focus", "blur"]) addEventListener(kind, () => this.sign());
    this.sign();
  }

  sign() { drawSign({ awake: document.hasFocus(), silent: this.tones.silent }); }

  /** Draws the task again as the server sees it: a reload or another device loses nothing. True when that said stop. */
  async refresh() {
    const { task } = this.sender.last;
    if (!this.signedIn || task === null || this.state.unsent) return false;
    const reply = await this.api.call("GET", `task/${encodeURIComponent(task)}`).catch(() => null);
    if (reply?.status === 401) await askWho(this);
    else if (isEnvelope(reply?.body)) {
      await this.move(reply.body);
      return told(this, reply.body);
    } else if (reply?.status === 404 || reply?.status === 410) await this.move(NOWHERE);
    return false;
  }

  /** Another screen without a scan. */
  async move(envelope) {
    await this.sender.moveTo(envelope);
    this.draw(envelope);
  }

  draw(envelope) {
    if (!this.signedIn) return;
    paint(this, envelope);
    this.camera?.screen(envelope);
    this.wedge.focus(); // the button that had the focus may be gone
  }

  /** Opens the camera. */
  async look() {
    try {
      this.camera ??= new (await import("./camera.js")).Camera(this);
    } catch {
      return this.band.show("stop", words.noCamera); // its files were not to be had
    }
    return this.camera.show();
  }

  async light(theme) {
    document.documentElement.dataset.theme = theme;
    await this.store.set("theme", theme);
    this.draw(this.sender.last);
  }
}
