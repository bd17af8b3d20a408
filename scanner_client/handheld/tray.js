// What still waits on this handheld and what was set aside, for a person to look at and to decide.

import { firstAside } from "./aside.js";
import { byId, el } from "./dom.js";
import { key } from "./keypad.js";
import { words } from "./words.js";

const clock = (at) => new Date(at).toTimeString().slice(0, 5);

function row(scan, why, button) {
  const text = el("div", {}, el("b", { class: "code" }, scan.text), el("span", { class: "quiet" }, `${clock(scan.at)} · ${why}`));
  return el("li", {}, text, button);
}

/** Opens the tray over the screen; a scan on which the server fails again and again may be set aside here. */
export async function showTray(store, sender) {
  const stuck = sender.patience.trouble === "stuck";
  const again = () => showTray(store, sender);
  const [waiting, aside] = [await store.scans(), await store.asides()];
  const drop = (scan) => key(words.remove, async () => { await store.dropAside(scan.id); await sender.changed(); again(); });
  const first = key(words.setAside, async () => { await firstAside(sender); again(); });
  const mine = waiting.find((scan) => scan.owner === sender.owner);
  const reason = (scan) => (scan.owner === sender.owner ? words.waits : words.waitsFor(scan.owner));
  const rows = [
    ...waiting.map((scan) => row(scan, reason(scan), scan === mine && stuck ? first : null)),
    ...aside.map((scan) => row(scan, scan.why, drop(scan))),
  ];
  byId("sheet").replaceChildren(
    el("h2", {}, words.trayTitle),
    rows.length ? el("ul", { class: "tray" }, ...rows) : el("p", {}, words.trayEmpty),
    el("div", { class: "row" },
      key(words.close, () => { byId("sheet").hidden = true; }),
      key(words.tryNow, () => { sender.wake(); byId("sheet").hidden = true; }, { class: "primary" })),
  );
  byId("sheet").hidden = false;
}
