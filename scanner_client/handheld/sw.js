// Keeps the shell for a start without network. The newest files win whenever the server answers; scans never pass here.

const CACHE = "pickwell-shell-2";
const CAMERA_CACHE = "pickwell-camera-3.1.4"; // the reader's version; kept from its first use on, so that it reads without network
const SHELL = [
  "./", "app.css", "manifest.webmanifest", "icon.svg", "../static/tokens.css",
  ...["api", "app", "aside", "band", "device", "dom", "hand", "ids", "keypad", "keys", "login", "main", "menu", "paint", "parts", "patience", "people", "replies",
    "rhythm", "screen", "sender", "session", "store", "tones", "tray", "twice", "wedge", "words"].map((name) => `${name}.js`),
];
const CAMERA = ["camera.css", ...["camera", "camerawords", "eye", "lens", "photo", "presence", "reader"].map((name) => `${name}.js`)];
const READER = ["js", "wasm"].map((kind) => `../static/vendor/zxing-reader-3.1.4.${kind}`);
const SETUP = ["setup", "setup.css", ...["checks", "setup", "setupwords", "trial"].map((name) => `${name}.js`)];
const PATIENCE_MS = 3000;
const urls = (paths) => new Set(paths.map((path) => new URL(path, self.location).href));
const [shell, lens, reader] = [urls([...SHELL, ...SETUP]), urls(CAMERA), urls(READER)];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith("pickwell-") && name !== CACHE && name !== CAMERA_CACHE;
  const dropOld = (names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(dropOld).then(() => self.clients.claim()));
});

async function newest(request, name) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
  try {
    const response = await fetch(request, { signal: giveUp.signal });
    if (response.ok) (await caches.open(name)).put(request, response.clone());
    return response;
  } finally {
    clearTimeout(timer);
  }
}

// A file whose name carries its version never changes: the first copy is as good as any.
async function kept(request) {
  const cache = await caches.open(CAMERA_CACHE);
  const known = await cache.match(request);
  if (known) return known;
  const response = await fetch(request);
  if (response.ok) await cache.put(request, response.clone());
  return response;
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (reader.has(request.url)) return event.respondWith(kept(request));
  if (!shell.has(request.url) && !lens.has(request.url)) return;
  const name = shell.has(request.url) ? CACHE : CAMERA_CACHE;
  event.respondWith(newest(request, name).catch(async () => (await caches.match(request)) ?? Response.error()));
});
