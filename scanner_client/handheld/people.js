// Who works here changes: somebody signs in, the server forgets them, a colleague takes the device.

import { isBadge } from "./device.js";
import { drawSite } from "./screen.js";
import { forget, ownerOf, remember } from "./session.js";
import { words } from "./words.js";

const TOO_LATE_MS = 1500; // a trigger pulled before the eye saw the login screen

/** Somebody is signed in: their queue goes on, their task is drawn again as the server sees it. */
export async function enter(app, session) {
  if (app.session && ownerOf(app.session) !== ownerOf(session)) app.left = null;
  await remember(app.store, app.api, session);
  Object.assign(app, { session, signedIn: true, pressed: null });
  drawSite(session);
  app.draw(await app.sender.become(ownerOf(session)));
  const note = app.state.others ? words.othersWait(app.state.others) : words.hello(session.operator.name);
  app.band.show("ready", note, { quiet: true });
  await app.sender.exclusive(() => app.refresh());
}

/** The server does not know us (any more): the queue and the task are kept for after the login. */
export async function askWho(app) {
  Object.assign(app, { signedIn: false, askedAt: performance.now() });
  app.sender.owner = null;
  document.body.dataset.view = "login";
  const waiting = app.state.unsent + app.state.others;
  if (app.session) app.login.show(words.signInAgain(waiting), "kept");
  else app.login.show(waiting ? words.signInAgain(waiting) : undefined);
  await forget(app.store, app.api);
}

/** A scan on the login screen: a badge, or a code that was on its way when the session ended (kept for its owner). */
export async function atLogin(app, text, profile) {
  if (isBadge(text)) return app.login.scanned(text, profile);
  if (!app.session || performance.now() - app.askedAt > TOO_LATE_MS) return app.band.show("stop", words.noBadge(text));
  await app.sender.scan(text, { owner: ownerOf(app.session), profile });
  return stillKept(app);
}

/** Says how many scans wait for the next login. */
export function stillKept(app) {
  app.band.show("kept", words.signInAgain(app.state.unsent + app.state.others));
}

/** A badge scanned during work asks for its PIN; until then the old session lives. */
export function changePerson(app, badge, profile) {
  document.body.dataset.view = "login";
  app.login.scanned(badge, profile);
}

/** The badge was a mistake. */
export function stay(app) {
  if (app.signedIn) app.draw(app.sender.last);
  else app.login.show();
}
