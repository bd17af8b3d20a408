// The reader in its worker: one frame in, its codes out.

const LOADING_MS = 30_000; // a megabyte over a weak Wi-Fi
const READING_MS = 5000;

export class Eye {
  constructor() {
    this.worker = new Worker(new URL("reader.js", import.meta.url));
    this.answer = null;
    this.worker.addEventListener("message", ({ data }) => this.answer?.(data));
    this.worker.addEventListener("error", (event) => { event.preventDefault(); this.answer?.({ failed: "worker" }); });
    this.ready = this.next(LOADING_MS);
  }

  /** The worker's next answer; rejects when it failed or keeps silent. */
  next(ms) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error("no answer")), ms);
      this.answer = (data) => {
        clearTimeout(timer);
        this.answer = null;
        if (data.failed) reject(new Error(data.failed));
        else resolve(data);
      };
    });
  }

  /** The codes [{format, text, aim, corners}] of a frame {width, height, pixels}; `full`: turned, inverted, harder. */
  async read(frame, full) {
    await this.ready;
    const answer = this.next(READING_MS);
    this.worker.postMessage({ ...frame, full }, [frame.pixels]);
    return (await answer).codes;
  }

  close() { this.worker.terminate(); }
}
