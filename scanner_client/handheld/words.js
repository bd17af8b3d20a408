// Every sentence that the handheld itself says; all others come with the answers.

export const TONE_WORDS = { ok: "OK", done: "Done", ask: "Sure?", stop: "Stop", sent: "Sent", kept: "Kept", ready: "Ready" };

export const KIND_WORDS = {
  location: "Place", bin: "Bin", item: "Item", lpn: "Carton", tote: "Tote", order: "Order", parcel: "Parcel",
  list: "List", receipt: "Receipt", manifest: "Manifest", carton: "Carton type", badge: "Badge", quantity: "Quantity",
  lot: "Lot", serial: "Serial number", expiry: "Expiry date",
};

export const words = {
  ready: "ready", wake: "tap to scan", waiting: (n) => `${n} waiting`, aside: (n) => `${n} aside`, soundOff: "tap for sound",
  scanBadge: "Scan your badge", enterPin: "Your PIN", typeIt: "Type it", otherBadge: "Other badge", back: "Back",
  menu: "What next?", menuHint: "Choose, or scan anything.", signOut: "Sign out", night: "Night", day: "Day",
  resume: (head) => `Back to ${head}`, keyboard: "Type", camera: "Camera", setup: "Set up", all: (n) => `All ${n}`, enter: "Enter", clear: "Clear",
  training: "TRAINING", hello: (name) => `Hello ${name}.`, badgeRead: "Badge read. Now your PIN.", eraseOne: "Erase one",
  starting: (title) => `${title} opens.`, check: "check", press: (key) => `Press ${key}`, at: "at", of: "of", letters: "ABC", digits: "123", close: "Close", tryNow: "Send now", remove: "Remove",
  sent: (text) => `${text} sent.`,
  kept: (n) => (n === 1 ? "No network. 1 scan is kept and sent later." : `No network. ${n} scans are kept and sent later.`),
  busy: "The server is busy. Your scan is kept and sent again.",
  stuck: "The server fails on this scan. Tell a supervisor.",
  noAnswer: "No answer from the server. Try again.",
  notKept: "This scan could not be kept. Scan it again.",
  noCamera: "The camera needs the network once. Try again.",
  noStore: "This browser keeps no scans. Tell a supervisor.",
  keyIdle: (key) => `${key} does nothing here.`,
  menuWaits: "Your scans are still waiting. Then the menu opens.",
  signInAgain: (n) => (n ? `Sign in again. ${n === 1 ? "1 scan is" : `${n} scans are`} kept.` : "Sign in again."),
  noBadge: (text) => `${text} is no badge. Scan your badge.`,
  noPin: "That is no PIN. Type your six digits.",
  othersWait: (n) => (n === 1 ? "1 scan of a colleague waits here." : `${n} scans of a colleague wait here.`),
  doubled: "Scanned before you saw the question. Scan again to confirm.",
  broken: "The server failed on it.",
  setAside: "Set aside", waits: "waits for an answer", waitsFor: (owner) => `waits for ${owner}`,
  trayEmpty: "Nothing waits. Every scan is answered.", trayTitle: "Scans on this handheld",
  wrongAnswer: "The answer could not be read. Tell a supervisor.",
};
