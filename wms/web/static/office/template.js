// The editor of a label template: what is wrong with it by line, and its picture, while it is being written.
import { paint } from "./label.js";

const form = document.querySelector("[data-template]");
const faults = form.querySelector("[data-faults]");
const figure = form.querySelector("[data-picture]");
const source = form.elements.source;
const PAUSE_MS = 500;
let asked = 0;
let timer;

async function look() {
  const mine = ++asked;
  const body = new URLSearchParams();
  for (const name of ["csrf", "source", "sample", "dpi"]) body.set(name, form.elements[name].value);
  try {
    const answer = await fetch(form.dataset.draft, { method: "POST", body, headers: { Accept: "application/json" } });
    const draft = await answer.json();
    if (mine !== asked) return;
    if (!answer.ok) throw new Error(draft.error?.sentence ?? answer.statusText);
    tell(draft.faults);
    if (draft.faults.length) return;
    const dpmm = Math.round(form.elements.dpi.value / 25.4);
    const image = await paint(draft.zpl, { width: draft.width, height: draft.height, dpmm });
    if (mine !== asked) return;
    figure.replaceChildren(image);
    figure.dataset.drawn = `${form.elements.sample.value} ${form.elements.dpi.value}`;
  } catch (error) {
    if (mine === asked) tell([{ line: 0, why: `The label cannot be drawn here (${error.message ?? error}).` }]);
  }
}

function tell(found) {
  faults.replaceChildren(...found.map(row));
  figure.classList.toggle("old", found.length > 0);
  faults.dataset.count = found.length;
}

function row({ line, why }) {
  const item = document.createElement("li");
  if (!line) {
    item.textContent = why;
    return item;
  }
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = `Line ${line}`;
  button.addEventListener("click", () => show(line));
  item.append(button, ` ${why}`);
  return item;
}

function show(line) {
  const lines = source.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  source.focus();
  source.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(look, PAUSE_MS);
}

source.addEventListener("input", soon);
form.elements.sample.addEventListener("change", look);
form.elements.dpi.addEventListener("change", look);
look();
