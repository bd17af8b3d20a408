// The SKU map by keyboard: SKUs come up while they are typed, rows are split by region, answers become lines.
const SHOWN = 8;
const goods = [...document.querySelectorAll("#skus option")].map((each) => ({ sku: each.value, name: each.textContent }));
const form = document.querySelector("[data-map]");
let list = null;
let field = null;

// The word that is being typed: behind the last plus sign and its quantity.
function parts(input) {
  const head = input.value.slice(0, input.selectionStart).match(/^(?:.*\+\s*)?(?:\d+\s+)?/)[0];
  return { head, word: input.value.slice(head.length).trim() };
}

function matching(word) {
  const wanted = word.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length || /^[-?]/.test(word)) return [];
  return goods.filter(({ sku, name }) => wanted.every((each) => `${sku} ${name}`.toLowerCase().includes(each))).slice(0, SHOWN);
}

function close() {
  list?.remove();
  list = null;
}

function show(input) {
  close();
  field = input;
  const found = matching(parts(input).word);
  if (!found.length || (found.length === 1 && found[0].sku === parts(input).word)) return;
  list = document.createElement("ul");
  list.className = "matches";
  list.setAttribute("role", "listbox");
  for (const { sku, name } of found) {
    const item = document.createElement("li");
    item.setAttribute("role", "option");
    item.dataset.sku = sku;
    const code = document.createElement("span");
    code.className = "code";
    code.textContent = sku;
    const words = document.createElement("small");
    words.textContent = name;
    item.append(code, words);
    item.addEventListener("mousedown", (event) => {
      event.preventDefault();
      take(sku);
    });
    list.append(item);
  }
  list.firstChild.setAttribute("aria-selected", "true");
  const box = input.getBoundingClientRect();
  list.style.left = `${box.left}px`;
  list.style.top = `${box.bottom + 2}px`;
  document.body.append(list);
}

function take(sku) {
  field.value = parts(field).head + sku;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  close();
}

function move(step) {
  const all = [...list.children];
  const at = all.findIndex((each) => each.ariaSelected === "true");
  all[at].setAttribute("aria-selected", "false");
  all[(at + step + all.length) % all.length].setAttribute("aria-selected", "true");
}

function next(input, step) {
  const all = [...form.querySelectorAll("input[name=content]")];
  all[all.indexOf(input) + step]?.focus();
}

function onKey(event) {
  const input = event.target;
  if (!input.matches("input[data-skus]")) return;
  if (list && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    move(event.key === "ArrowDown" ? 1 : -1);
  } else if (list && (event.key === "Enter" || event.key === "Tab")) {
    if (event.key === "Enter") event.preventDefault();
    take(list.querySelector("[aria-selected=true]").dataset.sku);
  } else if (event.key === "Escape" && list) {
    event.stopPropagation();
    close();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    event.preventDefault();
    next(input, event.key === "ArrowDown" ? 1 : -1);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (!input.value && input.dataset.guess) input.value = input.dataset.guess;
    next(input, 1);
  }
}

function copy(row) {
  const made = row.cloneNode(true);
  made.classList.remove("cursor");
  for (const box of made.querySelectorAll("[name=pick]")) box.closest("td").replaceChildren();
  for (const input of made.querySelectorAll("[name=content], [name=region], [name=remark]")) input.value = "";
  return made;
}

function split(button) {
  const row = button.closest("tr");
  const made = copy(row);
  row.after(made);
  made.querySelector("[name=region]").focus();
}

function answers(button) {
  const fresh = form.querySelector("tr.new");
  for (const answer of JSON.parse(button.dataset.answers)) {
    const made = fresh.cloneNode(true);
    made.querySelector("[name=source]").value = "answer";
    made.querySelector("[name=key]").value = `${button.dataset.question}=${answer}`;
    fresh.before(made);
  }
  button.disabled = true;
  fresh.previousElementSibling.querySelector("[name=content]").focus();
}

function picked() {
  const chosen = [...form.querySelectorAll("[name=pick]:checked")];
  for (const box of form.querySelectorAll("[name=pick]")) box.closest("tr").setAttribute("aria-selected", String(box.checked));
  const bar = form.querySelector("[data-append]");
  bar.hidden = !chosen.length;
  bar.querySelector("[data-picked]").textContent = chosen.length;
}

function ticks(page) {
  const boxes = [...page.querySelectorAll("[name=shape]")];
  const all = page.querySelector("[data-all]");
  const bar = page.querySelector("[data-bulk-bar]");
  const show = () => {
    const chosen = boxes.filter((box) => box.checked);
    for (const box of boxes) box.closest("tr").setAttribute("aria-selected", String(box.checked));
    if (!bar) return;
    bar.hidden = !chosen.length;
    bar.querySelector("[data-bulk-count]").textContent = chosen.length;
  };
  all?.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  page.addEventListener("change", show);
  show();
}

if (form) {
  form.addEventListener("input", (event) => {
    if (!event.target.matches("input[data-skus]")) return;
    event.target.closest("tr")?.classList.toggle("lacking", !event.target.value && !event.target.closest("tr.new"));
    show(event.target);
  });
  form.addEventListener("keydown", onKey);
  form.addEventListener("focusout", close);
  form.addEventListener("change", picked);
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.take) {
      const input = button.closest("td").querySelector("input");
      input.value = button.dataset.take;
      button.closest("tr").classList.remove("lacking");
      button.remove();
    } else if (button && "split" in button.dataset) split(button);
  });
  for (const button of document.querySelectorAll("[data-answers]")) button.addEventListener("click", () => answers(button));
  picked();
}
for (const page of document.querySelectorAll("[data-ticks]")) ticks(page);
