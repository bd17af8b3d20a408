// Copies the browser libraries named in package.json from node_modules into static/vendor, with licences and checksums.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, "node_modules");
const VENDOR = join(HERE, "static", "vendor");

// What a page may load: name under static/vendor -> package and the file inside it. {version} becomes the package's: the two
// files of the reader must be of one version, and a browser may keep them for ever.
const FILES = {
  "socket.io.esm.min.js": ["socket.io-client", "dist/socket.io.esm.min.js"],
  "zpl-renderer.esm.js": ["zpl-renderer-js", "dist/index.esm.js"],
  "zxing-reader-{version}.js": ["zxing-wasm", "dist/iife/reader/index.js"],
  "zxing-reader-{version}.wasm": ["zxing-wasm", "dist/reader/zxing_reader.wasm"],
};

function packed(pattern, [packageName, path]) {
  const folder = join(MODULES, packageName);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const [name, body] = [pattern.replace("{version}", version), readFileSync(join(folder, path))];
  const sha256 = createHash("sha256").update(body).digest("hex");
  return { name, body, facts: { package: packageName, version, license, sha256 }, folder };
}

// The licence's own text where the package ships it; the MIT packages that do not are named in MANIFEST.json.
function licence({ folder, facts }) {
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  return file ? { name: `LICENSE.${facts.package}.txt`, body: readFileSync(join(folder, file)) } : null;
}

function writeChanged({ name, body }) {
  const path = join(VENDOR, name);
  if (existsSync(path) && readFileSync(path).equals(body)) return;
  writeFileSync(path, body);
  console.log(`vendor: ${name}`);
}

const libraries = Object.entries(FILES).map(([name, source]) => packed(name, source));
const facts = Object.fromEntries(libraries.map((library) => [library.name, library.facts]));
const manifest = { name: "MANIFEST.json", body: Buffer.from(`${JSON.stringify(facts, null, 2)}\n`) };
const wanted = [...libraries, ...libraries.map(licence).filter(Boolean), manifest];

mkdirSync(VENDOR, { recursive: true });
wanted.forEach(writeChanged);
const keep = new Set(wanted.map(({ name }) => name));
readdirSync(VENDOR).filter((name) => !keep.has(name)).forEach((name) => rmSync(join(VENDOR, name), { recursive: true }));
