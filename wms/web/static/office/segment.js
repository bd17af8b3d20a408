// Counts what a new segment would hold while it is being described. Without it the form works all the same.
const WAIT_MS = 200;

function words({ orders, units, held, locked }) {
  return `${orders} orders, ${units} units, ${held} held, ${locked} locked`;
}

function counting(form) {
  const output = form.querySelector("[data-count-words]");
  let last = 0;
  let timer;
  const look = async () => {
    const mine = ++last;
    const asked = new FormData(form);
    for (const name of ["csrf", "name", "priority"]) asked.delete(name);
    for (const mark of form.querySelectorAll("[data-chosen]")) mark.textContent = asked.getAll(mark.dataset.chosen).length || "";
    try {
      const answer = await fetch(`${form.dataset.count}?${new URLSearchParams(asked)}`, { headers: { Accept: "application/json" } });
      if (mine === last && answer.ok) output.textContent = words(await answer.json());
    } catch {
      output.textContent = "";
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, WAIT_MS);
  });
  look();
}

for (const form of document.querySelectorAll("form[data-count]")) counting(form);
