// The picture of the label that was just printed, drawn here from its own ZPL: fetched when it is wanted, once a label.

import { el } from "../handheld/dom.js";
import { words } from "./words.js";

let worker = null;
let shown = { job: null, figure: null }; // the label on the screen; its figure outlives the screens that show it

/** Starts the painter, which takes a moment to load: called when a label will be wanted soon. */
export function warm() {
  if (worker) return;
  worker = new Worker(new URL("painter.js", import.meta.url), { type: "module" });
  worker.addEventListener("message", ({ data }) => tell(data));
  worker.addEventListener("error", () => tell({ job: shown.job, failed: "worker" }));
}

/** Shows what came out of the painter, unless another label is on the screen by now. */
function tell({ job, picture, failed }) {
  if (job !== shown.job) return;
  shown.figure.dataset.drawn = failed ? "no" : "yes";
  shown.figure.replaceChildren(failed ? el("p", { class: "quiet" }, words.noPicture) : el("img", { src: picture, alt: words.labelPicture }));
}

async function ask(api, task, job) {
  const reply = await api.call("GET", `task/${encodeURIComponent(task)}/label`).catch(() => null);
  if (reply?.status !== 200) return tell({ job, failed: "no label" });
  warm();
  const { zpl, width, height, dpmm } = reply.body;
  return worker.postMessage({ job, zpl, width, height, dpmm });
}

/** The figure of print job `job` of `task`; the same job again is the same figure. */
export function labelPicture(api, task, job) {
  if (shown.job !== job) {
    shown = { job, figure: el("figure", { class: "print" }, el("p", { class: "quiet" }, words.drawing)) };
    ask(api, task, job);
  }
  return shown.figure;
}
