// Builds static/css, static/js and static/pictures into static/dist/, with a content hash in every name,
// and writes manifest.json: logical name -> file name.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import * as esbuild from "esbuild";

const OUT = "static/dist";
const PICTURES = "static/pictures";
const DRAWINGS = join(PICTURES, "drawings");
const FONTS = { "inter-latin-opsz-normal": "inter.woff2", "inter-latin-ext-opsz-normal": "inter-ext.woff2" };
const DAY_MS = 24 * 60 * 60 * 1000;

async function writeHashed(name, content) {
  const [stem, extension] = name.split(/\.(?=[^.]+$)/);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 8).toUpperCase();
  const hashed = `${stem}-${hash}.${extension}`;
  await writeFile(join(OUT, hashed), content);
  return { [name]: hashed };
}

/** One sprite of all line drawings: each file becomes a <symbol> named after it. */
async function buildSprite() {
  const files = (await readdir(DRAWINGS)).filter((name) => name.endsWith(".svg")).sort();
  const symbols = await Promise.all(
    files.map(async (name) => {
      const svg = await readFile(join(DRAWINGS, name), "utf8");
      const [, attributes, inner] = svg.match(/<svg([^>]*)>([\s\S]*)<\/svg>/);
      const kept = attributes.replace(/\s(xmlns|width|height)="[^"]*"/g, "");
      return `<symbol id="${basename(name, ".svg")}"${kept}>${inner.replace(/\n\s*/g, "")}</symbol>`;
    }),
  );
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("\n")}</svg>\n`;
  return writeHashed("drawings.svg", sprite);
}

async function copyPictures() {
  const files = (await readdir(PICTURES, { withFileTypes: true })).filter((entry) => entry.isFile());
  const copies = files.map(async ({ name }) => writeHashed(name, await readFile(join(PICTURES, name))));
  return Object.assign({}, ...(await Promise.all(copies)));
}

const bundling = {
  entryPoints: {
    app: "static/js/app.js",
    passkeys: "static/js/passkeys.js",
    map: "static/js/map.js",
    "app-styles": "static/css/app.css",
    "map-styles": "static/css/map.css",
  },
  bundle: true,
  minify: true,
  format: "esm",
  target: ["es2022", "chrome111", "firefox115", "safari16.4"],
  outdir: OUT,
  entryNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  loader: { ".woff2": "file", ".png": "file" },
  metafile: true,
  logLevel: "warning",
};

function bundledNames(metafile) {
  const names = {};
  for (const [path, output] of Object.entries(metafile.outputs)) {
    const file = basename(path);
    if (/^static\/(js|css)\//.test(output.entryPoint ?? "")) names[basename(output.entryPoint)] = file;
    for (const [font, name] of Object.entries(FONTS)) if (file.startsWith(font)) names[name] = file;
  }
  return names;
}

async function writeManifest(metafile) {
  const names = { ...bundledNames(metafile), ...(await buildSprite()), ...(await copyPictures()) };
  const sorted = Object.fromEntries(Object.entries(names).sort());
  await writeFile(join(OUT, "manifest.json"), `${JSON.stringify(sorted, null, 2)}\n`);
}

/** A server that runs on the former manifest still serves its files: only those older than a day go. */
async function pruneOld(metafile) {
  const current = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
  for (const name of await readdir(OUT)) {
    const { mtimeMs } = await stat(join(OUT, name));
    if (!current.has(name) && Date.now() - mtimeMs > DAY_MS) await rm(join(OUT, name));
  }
}

const manifest = {
  name: "manifest",
  setup(build) {
    build.onEnd(async ({ metafile, errors }) => {
      if (errors.length > 0) return;
      await writeManifest(metafile);
      await pruneOld(metafile);
    });
  },
};

await mkdir(OUT, { recursive: true });
const context = await esbuild.context({ ...bundling, plugins: [manifest] });
if (process.argv.includes("--watch")) {
  await context.watch();
} else {
  await context.rebuild();
  await context.dispose();
}
