// Draws a label from its own ZPL with an independent renderer, so that what is seen is what the printer was told.
const RENDERER = "/static/vendor/zpl-renderer.esm.js";
const DOTS_PER_MM = 8;

// Returns an image of ZPL that is `width` x `height` mm at `dpmm` dots per mm, ready to be shown.
export async function paint(zpl, { width, height, dpmm }) {
  const { ready } = await import(RENDERER);
  const { api } = await ready;
  const image = document.createElement("img");
  image.alt = "The label as it is printed";
  image.src = `data:image/png;base64,${await api.zplToBase64Async(zpl, width, height, dpmm)}`;
  await image.decode();
  return image;
}

async function draw(figure) {
  const waiting = figure.querySelector("[data-waiting]");
  try {
    const zpl = document.getElementById("zpl").textContent;
    const { width, height } = figure.dataset;
    waiting.replaceWith(await paint(zpl, { width: width / DOTS_PER_MM, height: height / DOTS_PER_MM, dpmm: DOTS_PER_MM }));
    figure.dataset.drawn = "";
  } catch (error) {
    waiting.textContent = `The label cannot be drawn here (${error.message ?? error}). Its ZPL is below.`;
  }
}

for (const figure of document.querySelectorAll("[data-label]")) draw(figure);
