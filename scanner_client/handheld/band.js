// The band: the result of the last scan as icon, word, sentence and colour; and the flash that fills the screen.

import { byId, el, icon, sentence } from "./dom.js";
import { TONE_WORDS } from "./words.js";

const FLASH_MS = { stop: 1100, done: 900 };

export class Band {
  constructor(tones) {
    Object.assign(this, { tones, flashing: null });
    byId("flash").addEventListener("pointerdown", () => this.unflash());
  }

  /** Shows a result and plays its tone; `quiet` only shows it. */
  show(tone, note, { quiet = false } = {}) {
    const band = byId("band");
    band.dataset.tone = tone;
    band.replaceChildren(
      el("span", { class: "sign" }, icon(tone), el("b", {}, TONE_WORDS[tone] ?? "")),
      el("span", { class: "note" }, sentence(note ?? "")),
    );
    if (!quiet) this.tones.play(tone);
  }

  /** Fills the screen for a moment: only for a stop and for a completed list. The next scan ends it. */
  flash(tone, note) {
    const flash = byId("flash");
    flash.dataset.tone = tone;
    flash.replaceChildren(icon(tone), el("b", {}, TONE_WORDS[tone]), el("span", {}, sentence(note ?? "")));
    flash.hidden = false;
    clearTimeout(this.flashing);
    this.flashing = setTimeout(() => this.unflash(), FLASH_MS[tone]);
  }

  unflash() {
    clearTimeout(this.flashing);
    byId("flash").hidden = true;
  }
}
