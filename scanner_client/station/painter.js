// A worker of its own: turns ZPL into a picture with an independent renderer, so that the page never stutters. Only this
// script's answer allows WebAssembly in its content security policy; the page itself needs none.

const RENDERER = new URL("../static/vendor/zpl-renderer.esm.js", self.location).href;
const ready = import(RENDERER).then((module) => module.ready);
ready.catch(() => {}); // told to whoever asks for a picture

self.addEventListener("message", async ({ data }) => {
  const { job, zpl, width, height, dpmm } = data;
  try {
    const { api } = await ready;
    postMessage({ job, picture: `data:image/png;base64,${await api.zplToBase64Async(zpl, width, height, dpmm)}` });
  } catch (error) {
    postMessage({ job, failed: String(error?.message ?? error) });
  }
});
