// Draws a label from its own ZPL with an independent renderer, so that what is seen is what the printer was told.
const RENDERER = "/static/vendor/zpl-renderer.esm.js";
const DOTS_PER_MM = 8;

async function draw(figure) {
  const waiting = figure.querySelector("[data-waiting]");
  try {
    const { ready } = await import(RENDERER);
    const { api } = await ready;
    const zpl = document.getElementById("zpl").textContent;
    const { width, height } = figure.dataset;
    const image = document.createElement("img");
    image.alt = "The label as it is printed";
    image.src = `data:image/png;base64,${await api.zplToBase64Async(zpl, width / DOTS_PER_MM, height / DOTS_PER_MM, DOTS_PER_MM)}`;
    waiting.replaceWith(image);
    await image.decode();
    figure.dataset.drawn = "";
  } catch (error) {
    waiting.textContent = `The label cannot be drawn here (${error.message ?? error}). Its ZPL is below.`;
  }
}

for (const figure of document.querySelectorAll("[data-label]")) draw(figure);
