// Turns the keys of a scanner, a keypad or a thumb into codes. One field holds the text; Enter or Tab ends it.
// The value of the field is what counts: input methods put text there without any key event.

const GS = "\u001d"; // GS1 separator: many scanners send it as Ctrl+], some profiles as a visible token
const GS_TOKENS = /<GS>|\{GS\}|\u241d/g;
const PAUSE_MS = 150;
const BURST_MS = 35;
const SCAN_LENGTH = 4;
const LEFTOVER_MS = 400; // from letting go of the keypad to pulling the trigger
const HAND_MS = 70; // no hand types faster; a scanner that stalls (radio, a busy page) does
const SHOW_MS = 120;

const isPassword = (node) => node instanceof HTMLInputElement && node.type === "password";
const gaps = (stamps) => stamps.slice(1).map((at, i) => at - stamps[i]);

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Infinity;
}

/** True for the rhythm of a scanner: at least 4 characters, median gap under 35 ms, no gap over 150 ms. */
export function isBurst(stamps) {
  const between = gaps(stamps);
  return stamps.length >= SCAN_LENGTH && median(between) < BURST_MS && Math.max(0, ...between) <= PAUSE_MS;
}

/**
 * Where the scan begins in a field that still held something typed before it (0: all of it is one text). Cuts only
 * between a hand's rhythm and a scanner's, so that a scanner that stalls within a code never loses its beginning.
 */
export function scanStart(stamps) {
  const cut = gaps(stamps).findLastIndex((gap) => gap > LEFTOVER_MS) + 1;
  const byHand = median(gaps(stamps.slice(0, cut))) >= HAND_MS;
  return cut > 0 && byHand && isBurst(stamps.slice(cut)) ? cut : 0;
}

export class Wedge {
  /** `on`: {code(text, {typed}), typing(text)}. */
  constructor(field, on) {
    Object.assign(this, { field, on, stamps: [], keyAt: null, showing: null, paused: false });
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
    this.keyAt = event.timeStamp;
    if (document.activeElement !== this.field) this.field.focus({ preventScroll: true });
  }

  // An empty field leaves Enter and Tab to the page (a button with the focus), and ignores CR LF's second half.
  end(event) {
    if (!this.field.value) return;
    event.preventDefault();
    this.commit();
  }

  /** Adds a character from the on-screen keys. */
  insert(text, at = performance.now()) {
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
    while (this.stamps.length < value.length) this.stamps.push(this.keyAt ?? at);
    this.stamps.length = value.length;
    this.keyAt = null;
    if (/(\\r)?\\n$|[\r\n]$/.test(value)) return this.commit(); // suffix sent as text instead of a key
    clearTimeout(this.showing);
    this.showing = setTimeout(() => this.on.typing(this.field.value), value ? SHOW_MS : 0);
  }

  /** Ends the text as Enter does; an empty scan is no scan. */
  commit() {
    const [value, stamps] = [this.field.value, this.stamps];
    const start = scanStart(stamps);
    this.clear();
    const text = value.slice(start).replace(GS_TOKENS, GS).replace(/((\\r)?\\n|[\r\n])+$/, "").trim();
    if (text) this.on.code(text, { typed: !isBurst(stamps.slice(start)) });
  }
}
