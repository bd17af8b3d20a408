// A worker of its own: reads codes in camera frames with zxing-wasm, so that the page never stutters. Only this script's
// answer allows WebAssembly in its content security policy; the page itself needs none.
/* global ZXingWASM, importScripts */

const VERSION = "3.1.4"; // script and module must be of one version; their names carry it, so a cache cannot mix them
const VENDOR = new URL("../static/vendor/", self.location);
const FORMATS = ["EAN13", "EAN8", "UPCA", "UPCE", "Code128", "Code39", "ITF", "DataBar", "DataBarLtd", "DataBarExp", "DataBarExpStk", "QRCode", "DataMatrix"];
const COMMON = { formats: FORMATS, textMode: "Plain", returnErrors: false, maxNumberOfSymbols: 8 };
const FAST = { ...COMMON, tryHarder: false, tryRotate: false, tryInvert: false, tryDownscale: false };
const FULL = { ...COMMON, tryHarder: true, tryRotate: true, tryInvert: true, tryDownscale: true };
const SHORTEST = { ITF: 6, Code39: 2 }; // no check character: short ones are found in fences

async function load() {
  importScripts(new URL(`zxing-reader-${VERSION}.js`, VENDOR).href);
  const wasm = new URL(`zxing-reader-${VERSION}.wasm`, VENDOR).href;
  const response = await fetch(wasm);
  if (!response.ok) throw new Error(`${wasm}: ${response.status}`);
  const wasmBinary = await response.arrayBuffer();
  await ZXingWASM.prepareZXingModule({ overrides: { wasmBinary, locateFile: () => wasm }, fireImmediately: true });
}

const believable = ({ isValid, format, text }) => isValid && text.length >= (SHORTEST[format] ?? 1);

function told({ format, text, symbologyIdentifier, position }) {
  const corners = [position.topLeft, position.topRight, position.bottomRight, position.bottomLeft];
  return { format, text, aim: symbologyIdentifier, corners: corners.map(({ x, y }) => [x, y]) };
}

const ready = load();
ready.then(() => postMessage({ ready: true }), (error) => postMessage({ failed: String(error) }));

self.addEventListener("message", async ({ data }) => {
  const { width, height, pixels, full } = data;
  try {
    await ready;
    const found = await ZXingWASM.readBarcodes(new ImageData(new Uint8ClampedArray(pixels), width, height), full ? FULL : FAST);
    postMessage({ codes: found.filter(believable).map(told) });
  } catch (error) {
    postMessage({ failed: String(error) });
  }
});
