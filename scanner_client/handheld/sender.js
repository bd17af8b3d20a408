// No scan is lost and none acts twice: kept on the device before it is sent, first in first out, one in flight,
// the same id and body again until it is answered.

import { isEnvelope, meaning } from "./api.js";
import { doublesAside } from "./aside.js";
import { uuid7 } from "./ids.js";
import { Patience } from "./patience.js";

const LOOK_MS = 700; // how long a stop or a question stays before the next queued scan may replace it
export const NOWHERE = { task: null, turn: 0 };

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

export class Sender {
  /** `on`: {answer(reply, scan), changed(state), signin()}. */
  constructor(store, api, on) {
    Object.assign(this, { store, api, on, owner: null, last: NOWHERE, lane: Promise.resolve() });
    Object.assign(this, { running: false, again: false, patience: new Patience(() => this.wake()) });
    addEventListener("online", () => this.wake());
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.wake(); });
  }

  /** From now on scans belong to `owner`; their last screen says where the next scan goes. */
  async become(owner) {
    this.last = (owner && (await this.store.get(`last:${owner}`))) || NOWHERE;
    this.owner = owner;
    await this.changed();
    this.wake();
    return this.last;
  }

  /** Another screen was drawn without a scan (a task was started, the menu opened). */
  async moveTo(envelope) {
    this.last = envelope;
    if (this.owner) await this.store.set(`last:${this.owner}`, envelope);
  }

  /** Keeps a scan, then sends it. A key is bound to the screen it was pressed on; `profile` names a code's scanner. */
  async scan(text, { isKey = false, owner = this.owner, profile = "" } = {}) {
    const scan = { id: uuid7(), text, at: Date.now(), owner, profile };
    await this.store.add({ ...scan, body: isKey ? this.bodyOf(scan) : null });
    await this.changed();
    this.wake();
  }

  bodyOf({ id, text, profile }) {
    const body = { id, task: this.last.task ?? null, turn: this.last.turn ?? 0, text };
    return profile ? { ...body, profile } : body;
  }

  /** Runs `work` when no scan is in flight; nothing else is sent meanwhile. */
  exclusive(work) {
    const run = this.lane.then(work);
    this.lane = run.catch(() => undefined);
    return run;
  }

  async mine() { return (await this.store.scans()).filter((scan) => scan.owner === this.owner); }

  async changed() {
    const [all, aside] = [await this.store.scans(), await this.store.asides()];
    const unsent = all.filter((scan) => scan.owner === this.owner).length;
    this.on.changed({ unsent, others: all.length - unsent, aside: aside.length, trouble: unsent ? this.patience.trouble : null });
  }

  /** Sends now instead of after the pause. */
  wake() {
    this.patience.cancel();
    this.again = true;
    if (!this.running) this.run();
  }

  async run() {
    this.running = true;
    try {
      while (this.again && this.owner) await this.turn();
    } catch {
      this.patience.wait("device"); // its own database failed: try it again
    } finally {
      this.running = false;
    }
  }

  async turn() {
    this.again = false;
    const [next] = await this.mine();
    if (next && (await this.exclusive(() => this.deliver(next)))) this.again = true;
  }

  async deliver(scan) {
    if (scan.owner !== this.owner) return true; // somebody else signed in while it waited for its turn
    const body = scan.body ?? (await this.store.bind(scan.seq, this.bodyOf(scan)));
    const reply = await this.api.call("POST", "scan", body).catch(() => null);
    const kind = reply ? meaning(reply) : "silence";
    if (kind === "answer") return this.settle(scan, reply);
    if (kind === "signin") return this.signin();
    this.patience.wait(kind, reply?.wait ?? 0);
    await this.changed();
    return false;
  }

  async settle(scan, reply) {
    const envelope = isEnvelope(reply.body) ? reply.body : null;
    await this.store.settle(scan.seq, `last:${scan.owner}`, envelope);
    this.last = envelope ?? this.last;
    this.patience.reset();
    if (envelope?.tone === "ask") await doublesAside(this, scan);
    await this.changed();
    this.on.answer(reply, scan);
    const tone = envelope?.tone ?? "stop";
    if ((tone === "ask" || tone === "stop") && (await this.mine()).length) await sleep(LOOK_MS);
    return true;
  }

  signin() {
    this.owner = null;
    this.on.signin();
    return false;
  }
}
