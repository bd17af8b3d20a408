// The pack station: a handheld with a keyboard and a larger screen. Queue, login, tones and keys are the handheld's.

import { Handheld } from "../handheld/app.js";
import { begin, signOut } from "../handheld/hand.js";
import { drawBench } from "./bench.js";
import { drawMenu } from "./menu.js";
import { turnPage } from "./picture.js";

const HERE = "pack"; // the flow that is played at a station
const ON_ITS_WAY = new Set(["queued", "claimed", "sending"]); // a label whose fate is not known yet
const PAGES = { ArrowRight: 1, ArrowLeft: -1 };
const LOOK_AGAIN_MS = 1500;
const LEFT_TO_THE_BROWSER = new Set(["F5", "F11", "F12"]);

export class Station extends Handheld {
  drawn = null; // the screen before this one, to show what moved
  begunFor = null; // the session whose first work was fetched

  /** What a session may do here. */
  get pack() { return this.session?.flows.find((flow) => flow.flow === HERE); }

  get isNight() { return document.documentElement.dataset.theme === "night"; }

  // The menu's keys come before those of the handheld, whose menu has other flows on them.
  listen() {
    addEventListener("keydown", (event) => {
      if (document.body.dataset.view !== "menu" || !/^F\d+$/.test(event.key) || LEFT_TO_THE_BROWSER.has(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      if (!event.repeat) this.chosen(event.key);
    }, true);
    addEventListener("keydown", ({ key }) => { if (PAGES[key]) turnPage(PAGES[key]); });
    super.listen();
  }

  /** A key of the menu. */
  chosen(key) {
    if (key === "F1" && this.pack) begin(this, this.pack);
    else if (key === "F9") this.light(this.isNight ? "day" : "night");
    else if (key === "F10") signOut(this);
  }

  /** The first look after signing in: at a station there is one job, so it begins. */
  async refresh() {
    const stopped = await super.refresh();
    if (!this.signedIn || this.begunFor === this.session) return;
    this.begunFor = this.session;
    if (this.pack && !stopped && this.sender.last.task === null) begin(this, this.pack); // not awaited: it takes the turn after this
  }

  draw(envelope) {
    if (!this.signedIn) return;
    document.body.dataset.view = envelope.task === null ? "menu" : "task";
    if (envelope.task === null) drawMenu(this);
    else drawBench(this, envelope);
    this.drawn = envelope;
    this.wedge.focus();
    this.watchLabel(envelope);
  }

  /** While a label is on its way to paper, the screen looks again by itself. */
  watchLabel({ facts }) {
    clearTimeout(this.watching);
    if (!ON_ITS_WAY.has(facts?.label)) return;
    this.watching = setTimeout(() => this.sender.exclusive(() => this.refresh()), LOOK_AGAIN_MS);
  }
}
