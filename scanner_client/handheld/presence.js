// From what single frames show to scans: a code counts when two frames agree on it, and once for each time it is shown.

const AGREE_MS = 1000; // two frames must agree within this time
const AWAY_MS = 1500; // out of sight for so long, a code is shown anew

const middle = (corners) => [0, 1].map((axis) => corners.reduce((sum, corner) => sum + corner[axis], 0) / corners.length);

/** The code to take of several in sight: the one the screen asks for, else the one nearest to `centre` [x, y]. */
export function choose(codes, target, centre) {
  const wanted = codes.find(({ text }) => text === target);
  const far = ({ corners }) => Math.hypot(...middle(corners).map((at, axis) => at - centre[axis]));
  return wanted ?? [...codes].sort((one, other) => far(one) - far(other))[0];
}

export class Presence {
  constructor() {
    Object.assign(this, { seen: new Map(), shown: new Map(), asked: "" });
  }

  /** Whoever holds the device wants what is in sight read again. */
  again() {
    this.shown.clear();
    this.seen.clear();
  }

  /**
   * The frame at `at` (ms) showed `codes`; returns the one that became a scan, or undefined. What is in sight together with
   * a scanned code (the QR beside the bars) belongs to the same showing, unless the screen has come to ask for it. With
   * `counting` a code comes again only after `again()` or another code: a shaking hand must not count units.
   */
  frame(codes, at, { counting = false, target = "", centre = [0, 0] } = {}) {
    for (const [text, { last }] of this.shown) if (!counting && at - last > AWAY_MS) this.shown.delete(text);
    const along = codes.some(({ text }) => this.shown.has(text));
    if (along) for (const { text } of codes) this.shown.set(text, { scanned: this.shown.get(text)?.scanned ?? false, last: at });
    const wanted = !counting && target !== this.asked && this.shown.get(target)?.scanned === false ? target : null;
    const agreed = codes.filter((code) => this.agrees(code, at)).filter(({ text }) => text === wanted || !this.shown.has(text));
    return agreed.length ? this.take(codes, choose(agreed, target, centre), at, target) : undefined;
  }

  take(codes, code, at, target) {
    this.asked = target;
    this.shown.clear();
    for (const { text } of codes) this.shown.set(text, { scanned: text === code.text, last: at });
    return code;
  }

  agrees({ aim, text }, at) {
    for (const [key, last] of this.seen) if (at - last > AGREE_MS) this.seen.delete(key);
    const before = this.seen.get(aim + text);
    this.seen.set(aim + text, at);
    return before !== undefined && at > before;
  }
}
