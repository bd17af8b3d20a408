// Keeps on the device what must outlive a reload or a battery: unsent scans, the session, the last screen.

const NAME = "pickwell-handheld";

function request(req) {
  return new Promise((resolve, reject) => {
    req.onsuccess = () => resolve(req.result);
    req.onerror = () => reject(req.error);
  });
}

function finished(tx) {
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve();
    tx.onabort = tx.onerror = () => reject(tx.error ?? new Error("the device could not keep it"));
  });
}

/** Opens the database, making it on first use; rejects when the browser has none. */
export async function openStore() {
  const req = indexedDB.open(NAME, 1);
  req.onupgradeneeded = () => {
    req.result.createObjectStore("scans", { keyPath: "seq", autoIncrement: true });
    req.result.createObjectStore("aside", { keyPath: "id" });
    req.result.createObjectStore("meta");
  };
  const db = await request(req);
  navigator.storage?.persist?.().catch(() => false);
  return new Store(db);
}

class Store {
  constructor(db) { this.db = db; }

  /** Runs `work(stores…)` in one transaction and resolves once it is on the disk (strict: a battery may fall out). */
  async write(names, work) {
    const tx = this.db.transaction(names, "readwrite", { durability: "strict" });
    const done = finished(tx);
    const [result] = await Promise.all([work(...names.map((name) => tx.objectStore(name))), done]);
    return result;
  }

  read(name, work) { return request(work(this.db.transaction(name).objectStore(name))); }

  get(key) { return this.read("meta", (meta) => meta.get(key)); }
  set(key, value) { return this.write(["meta"], (meta) => { meta.put(value, key); }); }
  forget(key) { return this.write(["meta"], (meta) => { meta.delete(key); }); }

  /** Adds a scan at the end of the queue. */
  add(scan) { return this.write(["scans"], (scans) => { scans.add(scan); }); }

  /** All scans not yet answered, oldest first. */
  scans() { return this.read("scans", (scans) => scans.getAll()); }

  /** Fixes what will be posted for a scan, once: every resend carries the very same body. */
  bind(seq, body) {
    return this.write(["scans"], async (scans) => {
      const scan = await request(scans.get(seq));
      if (!scan) return null;
      if (!scan.body) scans.put({ ...scan, body });
      return scan.body ?? body;
    });
  }

  /** The scan is answered: takes it off the queue and keeps the screen that it led to. */
  settle(seq, key, envelope) {
    return this.write(["scans", "meta"], (scans, meta) => {
      scans.delete(seq);
      if (envelope) meta.put(envelope, key);
    });
  }

  /** Takes a scan off the queue into the tray, with the reason, for a person to look at. */
  setAside(scan, why) {
    return this.write(["scans", "aside"], (scans, aside) => {
      scans.delete(scan.seq);
      aside.put({ id: scan.id, text: scan.text, at: scan.at, owner: scan.owner, why });
    });
  }

  asides() { return this.read("aside", (aside) => aside.getAll()); }
  dropAside(id) { return this.write(["aside"], (aside) => { aside.delete(id); }); }
}
