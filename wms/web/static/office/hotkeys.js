// Everything by keyboard: j/k walk the rows, x chooses, Enter opens, and whatever says data-hotkey is clicked by its keys.
const WAIT_MS = 900;
let typed = "";
let timer = 0;

const rows = () => [...document.querySelectorAll("table.sheet tbody tr")].filter((row) => row.offsetParent !== null);
const current = () => document.querySelector("table.sheet tbody tr.cursor");
const writing = (element) => element.closest("input:not([type=checkbox], [type=radio]), select, textarea, [contenteditable]");

function walk(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(current());
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  current()?.classList.remove("cursor");
  next.classList.add("cursor");
  next.scrollIntoView({ block: "nearest" });
}

function choose() {
  current()?.querySelector("input[type=checkbox]")?.click();
}

function open() {
  current()?.querySelector("a[href]")?.click();
}

function words(element) {
  return [...element.childNodes].filter((node) => node.nodeName !== "KBD").map((node) => node.textContent).join("").trim();
}

function press(element) {
  if (element.matches("input, select")) {
    element.focus();
    element.select?.();
  } else element.click();
}

function help() {
  const dialog = document.getElementById("hotkeys");
  if (!dialog) return;
  const list = document.createElement("dl");
  const own = [["j k", "next, previous row"], ["x", "choose the row"], ["Enter", "open the row"], ["?", "these keys"], ["Esc", "leave a field, close this"]];
  const named = [...document.querySelectorAll("[data-hotkey]")].map((each) => [each.dataset.hotkey, each.getAttribute("aria-label") || words(each)]);
  for (const [keys, words] of [...own, ...named]) {
    const term = document.createElement("dt");
    for (const key of keys.split(" ")) {
      const kbd = document.createElement("kbd");
      kbd.textContent = key;
      term.append(kbd, " ");
    }
    const meaning = document.createElement("dd");
    meaning.textContent = words;
    list.append(term, meaning);
  }
  const title = document.createElement("h2");
  title.textContent = "Keys";
  dialog.replaceChildren(title, list);
  dialog.showModal();
}

const OWN = { j: () => walk(1), k: () => walk(-1), x: choose, "?": help };

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.key === "Escape") return document.activeElement?.blur();
  if (writing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "Enter") return event.target === document.body && open();
  if (event.key.length !== 1) return;
  clearTimeout(timer);
  timer = setTimeout(() => (typed = ""), WAIT_MS);
  typed = typed ? `${typed} ${event.key}` : event.key;
  const found = [...document.querySelectorAll("[data-hotkey]")];
  const exact = found.find((each) => each.dataset.hotkey === typed && each.offsetParent !== null);
  if (exact) {
    event.preventDefault();
    typed = "";
    press(exact);
  } else if (!found.some((each) => each.dataset.hotkey.startsWith(`${typed} `))) {
    typed = "";
    OWN[event.key]?.();
  }
}

export function listen() {
  document.addEventListener("keydown", onKey);
  document.documentElement.dataset.keys = "on";
}
