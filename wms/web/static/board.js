// Keeps a board right: its fragment is fetched anew when something of its changed, on every (re)connect, and every so often.
// There is no model here: a nudge that is lost, doubled or late is harmless.

const { fragment, topics, every, least, sockets } = document.body.dataset;
const EVERY_MS = 1000 * every;
const LEAST_MS = 1000 * least;
const PATIENCE_MS = 10_000;
const mine = new Set(topics.split(" "));
const state = { good: Date.now(), failed: false, connected: false, busy: false, again: false, skew: 0 };

const pause = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });
const clock = (at) => new Date(at + state.skew).toTimeString().slice(0, 5);

/** The sign in the corner: live, or every 30 s without the socket, or since when what is shown is old. */
function sign() {
  const stale = state.failed || Date.now() - state.good > 2 * EVERY_MS;
  const live = document.querySelector(".live");
  live.dataset.state = stale ? "stale" : state.connected ? "live" : "slow";
  live.querySelector(".word").textContent = stale ? "stale since" : state.connected ? "live" : `every ${every} s`;
  live.querySelector(".clock").textContent = clock(stale ? state.good : Date.now());
  document.body.toggleAttribute("data-stale", stale);
}

function show(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("board");
  if (!fresh) throw new Error("this is no board");
  document.getElementById("board").replaceWith(fresh);
  keepTime();
}

// A screen on the wall often has a wrong clock; the server's is the one that counts.
function keepTime() { state.skew = Date.parse(document.getElementById("board").dataset.at) - Date.now(); }

async function load() {
  try {
    const response = await fetch(fragment, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) });
    if (response.status === 401) return location.reload(); // signed out: the page leads to the login and back
    if (!response.ok) throw new Error(`answered ${response.status}`);
    show(await response.text());
    Object.assign(state, { good: Date.now(), failed: false });
  } catch {
    state.failed = true;
  }
  return sign();
}

/** Fetches the fragment; what changes meanwhile is fetched once more, never twice at a time, never too often. */
async function refetch() {
  state.again = true;
  if (state.busy) return;
  state.busy = true;
  while (state.again) {
    state.again = false;
    await load();
    await pause(LEAST_MS);
  }
  state.busy = false;
}

/** Listens for nudges. Without the library, or when the server has no room for another socket, the timer is enough. */
async function listen() {
  const { io } = await import(sockets);
  const socket = io({ transports: ["websocket"], upgrade: false });
  const later = () => setTimeout(() => socket.connect(), EVERY_MS);
  const is = (connected) => { state.connected = connected; sign(); };
  socket.on("connect", () => { is(true); refetch(); });
  socket.on("disconnect", (reason) => { is(false); refetch(); if (reason === "io server disconnect") later(); });
  socket.on("connect_error", () => { is(false); if (!socket.active) { refetch(); later(); } });
  socket.on("changed", (what) => { if (what.topics.some((topic) => mine.has(topic))) refetch(); });
}

keepTime();
sign();
setInterval(sign, 1000);
setInterval(refetch, EVERY_MS);
addEventListener("online", refetch);
document.addEventListener("visibilitychange", () => { if (!document.hidden) refetch(); });
listen().catch(() => undefined);
