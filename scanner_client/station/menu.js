// The menu of a station: its one job, the light, and the way out.

import { byId, el } from "../handheld/dom.js";
import { drawHead } from "../handheld/screen.js";
import { clear } from "./box.js";
import { keyRow } from "./keys.js";
import { words } from "./words.js";

/** Draws the menu. */
export function drawMenu({ pack, session, isNight }) {
  drawHead(words.station, session);
  clear();
  byId("main").className = "menu";
  byId("main").replaceChildren(
    el("h1", {}, pack ? words.begin : words.noPack),
    el("p", { class: "quiet" }, pack ? words.beginHint : words.noPackHint));
  keyRow({ ...(pack ? { F1: pack.title } : {}), F9: isNight ? words.day : words.night, F10: words.signOut });
}
