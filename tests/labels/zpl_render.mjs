// Renders ZPL with an independent implementation: one JSON request per line in, one JSON answer per line out.
import { createInterface } from "node:readline";

const library = new URL("../../wms/web/node_modules/zpl-renderer-js/dist/index.esm.js", import.meta.url);
const { ready } = await import(library);
const { api } = await ready;
for await (const line of createInterface({ input: process.stdin })) {
  const { zpl, width, height, dpmm } = JSON.parse(line);
  let answer;
  try {
    answer = { images: await api.zplToBase64MultipleAsync(zpl, width, height, dpmm) };
  } catch (error) {
    answer = { error: String(error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
