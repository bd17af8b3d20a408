// The office's little helpers: local times, choosing many, work under way. Every page works without them.
import { listen } from "./hotkeys.js";

const LOOK_MS = 700;
const local = new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", hour: "2-digit", minute: "2-digit" });

function localTimes() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    time.textContent = local.format(at).replace(",", "");
    time.title = at.toISOString();
  }
}

function choosing(form) {
  const boxes = [...form.querySelectorAll("tbody input[type=checkbox]")];
  const all = form.querySelector("[data-all]");
  const bar = form.querySelector("[data-bulk-bar]");
  const show = () => {
    const chosen = boxes.filter((box) => box.checked);
    for (const box of boxes) box.closest("tr").setAttribute("aria-selected", String(box.checked));
    if (all) all.checked = chosen.length > 0 && chosen.length === boxes.length;
    if (!bar) return;
    bar.hidden = chosen.length === 0;
    bar.querySelector("[data-bulk-count]").textContent = chosen.length;
    const code = chosen.map((box) => box.closest("tr").dataset.holds).find(Boolean)?.split(" ")[0];
    if (code && !form.dataset.picked) bar.querySelector("select").value = code;
    const verb = bar.querySelector("button [data-verb]");
    if (verb) verb.textContent = bar.querySelector("select").selectedOptions[0]?.dataset.verb ?? "Clear";
    for (const each of bar.querySelectorAll("[data-only]"))
      each.hidden = !each.dataset.only.split(" ").includes(bar.querySelector("select").value);
    const every = bar.querySelector("[data-everything]");
    if (every) {
      every.parentElement.hidden = chosen.length < boxes.length;
      every.checked = every.checked && !every.parentElement.hidden;
      if (every.checked) bar.querySelector("[data-bulk-count]").textContent = every.dataset.everything;
    }
  };
  all?.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("select")) form.dataset.picked = "yes";
    show();
  });
  show();
}

async function follow(work) {
  try {
    const answer = await fetch(`/api/v1/jobs/${work.dataset.job}`, { headers: { Accept: "application/json" } });
    const job = await answer.json();
    if (!answer.ok || job.state === "done" || job.state === "dead") return location.reload();
  } catch {
    // The server is away for a moment; look again.
  }
  setTimeout(() => follow(work), LOOK_MS);
}

localTimes();
listen();
for (const form of document.querySelectorAll("form[data-bulk]")) choosing(form);
for (const work of document.querySelectorAll("[data-job]")) setTimeout(() => follow(work), LOOK_MS);
for (const button of document.querySelectorAll("[data-put]"))
  button.addEventListener("click", () => {
    const field = document.getElementById(button.dataset.put);
    field.value = button.dataset.value;
    field.form.requestSubmit();
  });
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => print());
