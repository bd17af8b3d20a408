// The set-up page of a device: its scanner's profile, and tests of what arrives. Kept on the device; needs no login.

import { CAMERA, loadDevice, TYPED } from "./device.js";
import { byId, el } from "./dom.js";
import { advise, bytes, facts, PROFILE_CODE } from "./trial.js";
import { words } from "./setupwords.js";
import { openStore } from "./store.js";
import { showDevice } from "./checks.js";

const PAUSE_MS = 600; // no further character for so long: the scanner ends its codes with nothing
const TESTS = ["gs1", "keyboard"];
const field = byId("trial");
const state = { store: null, profiles: [], signs: [], keyAt: null, timer: null };

const chosen = () => state.profiles.find(({ name }) => name === byId("profile").value) ?? null;

async function call(path, body) {
  const init = body ? { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } } : {};
  const response = await fetch(new URL(`../${path}`, import.meta.url), { cache: "no-store", ...init }).catch(() => null);
  return response?.ok ? response.json().catch(() => null) : null;
}

async function choose(name) {
  const profile = state.profiles.find((each) => each.name.toLowerCase() === name.toLowerCase());
  if (name && !profile) return tell([words.unknown]);
  byId("profile").value = profile?.name ?? "";
  await (profile ? state.store.set("scanner", profile) : state.store.forget("scanner"));
  return tell([words.chosen(profile?.title ?? words.any)], "good");
}

function tell(sentences, kind = null) {
  byId("result").replaceChildren(el("ul", { class: "advice" }, ...sentences.map((sentence) => el("li", { class: kind }, sentence))));
}

const row = (name, value) => (value ? [el("dt", {}, words.rows[name]), el("dd", {}, value)] : []);

async function show(found) {
  const answer = await call("scanners/try", { text: found.text, profile: chosen()?.name ?? "" });
  const { profile, advice } = advise(found, state.profiles, chosen());
  const all = [...advice, answer ? !profile && answer.trouble : words.offline].filter(Boolean);
  const kind = found.aim ? `${found.aim} ${words.kinds[found.aim[1]] ?? ""}` : "";
  byId("result").replaceChildren(
    el("ul", { class: "bytes" }, ...bytes(found.value, found.aim).map((each) => el("li", { class: each.kind || null }, each.shown, el("small", {}, each.hex)))),
    el("dl", {}, ...row("aim", kind), ...row("ends", words.ends[found.end]), ...row("way", words.ways[found.way]),
      ...row("pace", `${found.pace} ms`), ...row("text", answer?.text), ...row("codes", answer?.codes?.join(", "))),
    el("ul", { class: "advice" }, ...(all.length ? all.map((sentence) => el("li", {}, sentence)) : [el("li", { class: "good" }, words.good)])),
    profile ? el("button", { class: "key", type: "button", onclick: () => choose(profile.name) }, words.choose(profile.title)) : "",
  );
}

function ended(end) {
  const [value, signs] = [field.value, state.signs];
  clearTimeout(state.timer);
  field.value = "";
  state.signs = [];
  const text = value.replace(/((\\r)?\\n|[\r\n])+$/, "");
  if (!text) return undefined;
  const [, name] = PROFILE_CODE.exec(text) ?? [];
  return name ? choose(name) : show(facts(text, signs.slice(0, text.length), end));
}

function changed(at) {
  const key = state.keyAt !== null && field.value.length === state.signs.length + 1;
  while (state.signs.length < field.value.length) state.signs.push({ at: state.keyAt ?? at, key });
  state.signs.length = field.value.length;
  state.keyAt = null;
  clearTimeout(state.timer);
  if (/(\\r)?\\n$|[\r\n]$/.test(field.value)) ended("text");
  else state.timer = setTimeout(() => ended("none"), PAUSE_MS);
}

function keydown(event) {
  if (event.isComposing || event.target.matches("select, #camera button")) return;
  if ((event.key === "Enter" || event.key === "Tab") && field.value) {
    event.preventDefault();
    ended(event.key);
  } else if (event.ctrlKey && (event.key === "]" || event.code === "BracketRight")) {
    event.preventDefault();
    field.value += "\u001d";
    state.keyAt = event.timeStamp;
    changed(event.timeStamp);
  } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) {
    state.keyAt = event.timeStamp;
    field.focus({ preventScroll: true });
  }
}

const picture = (name, title) => el("li", {}, el("b", {}, title), el("img", { src: `codes/${encodeURIComponent(name)}.svg`, alt: title }));

async function start() {
  document.addEventListener("keydown", keydown, true);
  field.addEventListener("input", (event) => changed(event.timeStamp));
  byId("profile").addEventListener("change", () => choose(byId("profile").value));
  byId("print").addEventListener("click", () => print());
  byId("tests").replaceChildren(...TESTS.map((name) => picture(`test-${name}`, words.tests[name])));
  state.store = await openStore();
  await loadDevice(state.store);
  showDevice(state.store);
  state.profiles = ((await call("scanners"))?.profiles ?? []).filter(({ name }) => name !== TYPED && name !== CAMERA);
  const own = (await state.store.get("scanner"))?.name ?? "";
  byId("profile").replaceChildren(el("option", { value: "" }, words.any),
    ...state.profiles.map(({ name, title }) => el("option", { value: name, selected: name === own }, title)));
  byId("profiles").replaceChildren(...state.profiles.map(({ name, title }) => picture(name, title)));
  if (!state.profiles.length) tell([words.offline]);
}

start().catch((error) => tell([String(error)]));
