// Keeps the shell for a start without network. The newest files win whenever the server answers; scans never pass here.

const CACHE = "pickwell-shell-1";
const SHELL = [
  "./", "app.css", "manifest.webmanifest", "icon.svg", "../static/tokens.css",
  ...["api", "app", "aside", "band", "dom", "hand", "ids", "keypad", "keys", "login", "main", "menu", "paint", "parts", "patience", "people", "replies",
    "screen", "sender", "session", "store", "tones", "tray", "wedge", "words"].map((name) => `${name}.js`),
];
const PATIENCE_MS = 3000;
const shell = new Set(SHELL.map((path) => new URL(path, self.location).href));

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(SHELL)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith("pickwell-shell-") && name !== CACHE;
  const dropOld = (names) => Promise.all(names.filter(isOld).map((name) => caches.delete(name)));
  event.waitUntil(caches.keys().then(dropOld).then(() => self.clients.claim()));
});

async function newest(request) {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), PATIENCE_MS);
  try {
    const response = await fetch(request, { signal: giveUp.signal });
    if (response.ok) (await caches.open(CACHE)).put(request, response.clone());
    return response;
  } finally {
    clearTimeout(timer);
  }
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || !shell.has(request.url)) return;
  event.respondWith(newest(request).catch(async () => (await caches.match(request)) ?? Response.error()));
});
