// What the hand does: a scan, a key, typed text, Esc, the menu. Each becomes one scan or one change of view.

import { isEnvelope } from "./api.js";
import { bare, isBadge, TYPED } from "./device.js";
import { byId } from "./dom.js";
import { flowFor } from "./menu.js";
import { askWho, atLogin, changePerson, stillKept } from "./people.js";
import { NOWHERE } from "./sender.js";
import { words } from "./words.js";

const LEFT_TO_THE_BROWSER = new Set(["F5", "F11", "F12"]);
const BY_HAND = new Set(["", TYPED]); // profiles whose texts may choose from the menu: a label that says "3" does not
const visible = (text) => bare(text).replaceAll("\u001d", "␝");
const view = () => document.body.dataset.view;

/** A code was scanned, or a text was typed and ended with Enter; `profile` names what it came from. */
export function code(app, text, profile = "") {
  app.band.unflash();
  app.keypad.close();
  typing(app, "");
  if (view() === "login") return atLogin(app, text, profile);
  if (isBadge(text) && !app.sender.last.expect?.includes("badge")) return changePerson(app, text, profile);
  const flow = view() === "menu" && BY_HAND.has(profile) ? flowFor(app.session.flows, text) : undefined;
  return flow ? begin(app, flow) : send(app, text, { profile });
}

async function send(app, text, how) {
  try {
    await app.sender.scan(text, how);
    if (!app.signedIn) return stillKept(app); // the session ended meanwhile
    if (!app.state.trouble) app.band.show("sent", words.sent(visible(text)));
  } catch {
    app.band.show("stop", words.notKept);
    app.band.flash("stop", words.notKept);
  }
}

/** Text that is being typed by hand stands above the keys until Enter. */
export function typing(app, text) {
  app.keypad.echo(text);
  byId("typed").hidden = !text || app.keypad.open;
  byId("typed-text").textContent = visible(text);
}

/** Whether a function key is ours; the browser keeps reload, full screen and its tools unless the screen offers them. */
export function takes(app, name) {
  if (view() === "login") return false;
  const offered = view() === "menu" ? flowFor(app.session.flows, name) : name in (app.sender.last.keys ?? {});
  return Boolean(offered) || !LEFT_TO_THE_BROWSER.has(name);
}

/** A function key, or its button. The same key twice on the same screen is one press (gloves bounce). */
export async function press(app, name) {
  app.band.unflash();
  const flow = view() === "menu" ? flowFor(app.session.flows, name) : undefined;
  if (flow) return begin(app, flow);
  const { keys, task, turn } = app.sender.last;
  if (view() !== "task" || !(name in (keys ?? {}))) return app.band.show("ready", words.keyIdle(name), { quiet: true });
  const pressed = `${name} ${task} ${turn}`;
  if (app.pressed === pressed) return undefined;
  app.pressed = pressed;
  return send(app, name, { isKey: true });
}

/** Esc, one step back: the flash, the sheet, the typed text, the badge, the task. */
export function escape(app) {
  if (!byId("flash").hidden) return app.band.unflash();
  if (app.keypad.open) return app.keypad.close();
  if (app.camera?.open) return app.camera.close();
  if (app.wedge.text) return app.wedge.clear();
  if (view() === "login") return app.login.asking ? app.login.cancel() : undefined;
  return view() === "task" ? toMenu(app) : undefined;
}

/** The menu; the task stays where it is. Waiting scans belong to the task, so they are answered first. */
export async function toMenu(app) {
  if (!app.signedIn || view() !== "task") return;
  if (app.state.unsent) return app.band.show("kept", words.menuWaits);
  app.left = app.sender.last;
  await app.move(NOWHERE);
}

/** Starts a flow, or resumes it where the server has it. */
export function begin(app, flow) { return go(app, flow.title, () => app.api.call("POST", "task", { flow: flow.flow })); }

/** Back to the task that was left for the menu. */
export function resume(app) {
  const { task, head, flow } = app.left;
  return go(app, head ?? flow, () => app.api.call("GET", `task/${encodeURIComponent(task)}`));
}

function go(app, title, ask) {
  if (app.state.unsent) return app.band.show("kept", words.menuWaits);
  app.band.show("sent", words.starting(title));
  return app.sender.exclusive(async () => {
    const reply = await ask().catch(() => null);
    if (reply?.status === 401) return askWho(app);
    if (!isEnvelope(reply?.body)) return app.band.show("stop", reply?.body?.error?.sentence ?? words.noAnswer);
    app.left = null;
    await app.move(reply.body);
    return app.band.show(reply.body.tone, reply.body.note);
  });
}

export async function signOut(app) {
  if (app.state.unsent) return app.band.show("kept", words.menuWaits);
  await app.api.call("POST", "logout", {}).catch(() => null);
  Object.assign(app, { session: null, left: null });
  return askWho(app);
}
