// How long to wait before an unanswered scan is sent again, and what is the matter meanwhile.

const BACKOFF_MS = [300, 600, 1200, 2500, 5000, 10_000, 15_000];
const BROKEN_LIMIT = 5; // failures of the server on one scan, until a person is asked

export class Patience {
  /** `wake` is called when the pause is over. */
  constructor(wake) {
    this.wake = wake;
    this.reset();
  }

  /** An answer came: all is well. */
  reset() {
    this.cancel();
    Object.assign(this, { failures: 0, broken: 0, trouble: null });
  }

  cancel() { clearTimeout(this.timer); }

  /** No answer: `kind` is "silence", "retry", "broken" or "device"; `least` ms were asked for by the server. */
  wait(kind, least = 0) {
    if (kind === "broken") this.broken++;
    this.trouble = this.broken >= BROKEN_LIMIT ? "stuck" : kind; // a person may then set it aside; we never do
    const pause = Math.max(least, BACKOFF_MS[Math.min(this.failures++, BACKOFF_MS.length - 1)]);
    this.timer = setTimeout(this.wake, pause * (1 + Math.random() / 4)); // jitter: a hall must not come back in step
  }
}
