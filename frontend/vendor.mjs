/**
 * Copies the browser libraries Leadline uses from node_modules/ to static/vendor/<name>/<version>/
 * and writes static/vendor/SHA256SUMS. The copies are committed, so running Leadline needs no Node.
 *
 *   npm ci && npm run vendor
 *
 * A new library, or a new version, is one row of LIBRARIES (and the paths in templates/base.html).
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const HERE = dirname(fileURLToPath(import.meta.url));
const MODULES = join(HERE, "node_modules");
const VENDOR = join(HERE, "..", "static", "vendor");

// licences: what the copied files contain, bundled libraries included. Packages that ship no
// licence file have theirs in frontend/licences/.
const LIBRARIES = [
  {
    name: "tabler",
    package: "@tabler/core",
    files: ["dist/css/tabler.min.css", "dist/js/tabler.min.js"],
    licences: ["licences/tabler.txt", "licences/bootstrap.txt", "node_modules/@popperjs/core/LICENSE.md"],
  },
  {
    name: "htmx",
    package: "htmx.org",
    files: ["dist/htmx.min.js"],
    licences: ["node_modules/htmx.org/LICENSE"],
  },
  {
    name: "alpine-csp",
    package: "@alpinejs/csp",
    files: ["dist/cdn.min.js"],
    licences: ["licences/alpine.txt", "node_modules/@vue/reactivity/LICENSE"],
  },
];

/** Drops the source map comment: the maps are not shipped and a hashing static storage would look for them. */
function withoutSourceMap(text) {
  return text.replace(/\n?(\/\/# sourceMappingURL=\S+|\/\*# sourceMappingURL=\S+ \*\/)\s*$/, "\n");
}

async function copyLibrary(library) {
  const manifest = JSON.parse(await readFile(join(MODULES, library.package, "package.json"), "utf8"));
  const target = join(VENDOR, library.name, manifest.version);
  await mkdir(target, { recursive: true });
  for (const file of library.files) {
    const text = await readFile(join(MODULES, library.package, file), "utf8");
    await writeFile(join(target, file.split("/").at(-1)), withoutSourceMap(text));
  }
  const licences = await Promise.all(library.licences.map((path) => readFile(join(HERE, path), "utf8")));
  await writeFile(join(target, "LICENSE"), licences.map((text) => text.trim() + "\n").join("\n---\n\n"));
}

async function writeSums() {
  const entries = await readdir(VENDOR, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const lines = await Promise.all(
    paths.sort().map(async (path) => {
      const sum = createHash("sha256").update(await readFile(path)).digest("hex");
      return `${sum}  ${relative(VENDOR, path).replaceAll("\\", "/")}`;
    }),
  );
  await writeFile(join(VENDOR, "SHA256SUMS"), lines.join("\n") + "\n");
  return lines;
}

await rm(VENDOR, { recursive: true, force: true });
for (const library of LIBRARIES) await copyLibrary(library);
console.log((await writeSums()).join("\n"));
