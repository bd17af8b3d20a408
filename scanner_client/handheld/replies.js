// What the server and the queue report back: drawn, said and heard.

import { isEnvelope } from "./api.js";
import { drawWaiting } from "./screen.js";
import { words } from "./words.js";

/** True when an answer ends a list, an order or a task, and not only a line of it. */
const complete = ({ tone, task, progress }) =>
  tone === "done" && (task === null || !progress || progress.done >= progress.of);

/** An answer to a scan: the next screen with its tone, or an error that leaves the screen as it is. */
export function answered(app, { body }) {
  app.pressed = null;
  if (!isEnvelope(body)) {
    stop(app, body.error.sentence ?? words.wrongAnswer);
    app.sender.exclusive(() => app.refresh());
    return;
  }
  app.left = null;
  app.draw(body);
  app.band.show(body.tone, body.note);
  if (body.tone === "stop") app.band.flash("stop", body.note);
  else if (complete(body)) app.band.flash("done", body.note);
  else app.band.unflash();
}

/** Another screen that nobody scanned for: what went wrong meanwhile (a colleague took the work over) is said and heard. */
export function told(app, { tone, note }) {
  if (tone === "stop") stop(app, note);
  return tone === "stop";
}

function stop(app, sentence) {
  app.band.show("stop", sentence);
  app.band.flash("stop", sentence);
}

/** The queue grew, shrank or met trouble. */
export function changed(app, state) {
  const before = app.state;
  app.state = state;
  drawWaiting(state);
  if (!state.trouble || !app.signedIn) return;
  if (state.trouble === "stuck") {
    if (before.trouble !== "stuck") stop(app, words.stuck);
  } else if (state.trouble !== before.trouble || state.unsent > before.unsent) {
    app.band.show("kept", state.trouble === "silence" ? words.kept(state.unsent) : words.busy);
  }
}
