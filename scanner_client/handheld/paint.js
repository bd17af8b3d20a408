// Puts an answer on the screen, as a task or as the menu, and ties its controls to the hand.

import { TYPED } from "./device.js";
import { begin, code, press, resume, signOut } from "./hand.js";
import { drawMenu } from "./menu.js";
import { drawKeys, drawTask } from "./screen.js";

/** Draws `envelope`; without a task it is the menu. */
export function paint(app, envelope) {
  const type = (layout) => app.keypad.show(layout);
  document.body.dataset.view = envelope.task === null ? "menu" : "task";
  if (envelope.task === null) return paintMenu(app, type);
  drawTask(envelope, app.session);
  return drawKeys(envelope, { type, press: (name) => press(app, name), say: (text) => code(app, text, TYPED), look: () => app.look() });
}

function paintMenu(app, type) {
  drawMenu(app.session, app.left, {
    type, look: () => app.look(), start: (flow) => begin(app, flow), resume: () => resume(app),
    signOut: () => signOut(app), light: (theme) => app.light(theme),
  });
}
