/**
 * Bundles for browsers, in dist/browser: index.js (the door), engine.js (the engine alone), kernels.js (the bindings alone);
 * with worker.js, what is loaded later and the Wasm files beside them, found by URL; and inline.js, everything in one file. Each is
 * built for itself: of entries that share chunks esbuild gives each all that any of them takes from the door. ONNX
 * Runtime's files are copied to dist/browser/onnxruntime, where the engine looks for them: they are not in the package,
 * which depends on theirs.
 * dist/playground is a folder for any web server.
 */
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as esbuild from "esbuild";
import { minify } from "terser";

const root = fileURLToPath(new URL(".", import.meta.url));
const out = `${root}dist/browser`;

/** What stands in another's place: NAME.node.ts → NAME.browser.ts, and for one file NAME.ts → NAME.inline.ts. */
const replacing = (replacements) => ({
  name: "replacing",
  setup({ onResolve }) {
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) => {
      const whole = resolve(resolveDir, path).slice(root.length);
      return whole in replacements ? { path: root + replacements[whole] } : undefined;
    });
  },
});
const runtime = {
  "src/stages/network/inference/load.node.ts": "src/stages/network/inference/load.browser.ts",
};
const byUrl = replacing({ "bindings/load.node.ts": "bindings/load.browser.ts", ...runtime });
const inline = replacing({
  "bindings/load.node.ts": "bindings/load.inline.ts",
  "src/edges/browser/spawn.ts": "src/edges/browser/spawn.inline.ts",
  ...runtime,
});
const inlinedWorker = (text) => ({
  name: "inlined-worker",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^inlined:worker$/ }, ({ path }) => ({ path, namespace: "inlined" }));
    onLoad({ filter: /./, namespace: "inlined" }, () => ({ contents: text, loader: "text" }));
  },
});

const options = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: "browser",
  format: "esm",
  target: "es2022",
  alias: { "as-bind/dist/as-bind.esm.js": "./node_modules/as-bind/dist/as-bind.esm.js" },
  logLevel: "warning",
};

/** Packages whose code is in what is published; the Wasm has the runtime of AssemblyScript, and ONNX Runtime lies beside. */
const packages = new Set(["assemblyscript", "onnxruntime-web"]);
async function build(task) {
  const result = await esbuild.build({ ...task, metafile: true });
  for (const path of Object.keys(result.metafile.inputs))
    packages.add(/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? "assemblyscript");
  return result;
}

/** Names, licences and their texts: minified code has no room for them. */
function noticesOf(names) {
  const notices = [...names].sort().map((name) => {
    const folder = `${root}node_modules/${name}`;
    const { version, license, homepage = "" } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
    const file = readdirSync(folder).find((other) => /^licen[cs]e/i.test(other));
    const text = file === undefined ? "" : `\n${readFileSync(`${folder}/${file}`, "utf8").trim()}\n`;
    return `${name} ${version}, ${license} ${homepage}\n${text}`;
  });
  return ["What is published here contains code of these packages.\n", ...notices].join(`\n${"-".repeat(80)}\n`);
}

/** What esbuild has minified, once more: 4 % less in gzip, which the limits of the sizes need. */
const smaller = async (text) => (await minify(text, { module: true, ecma: 2020, compress: { passes: 2 } })).code;

/** Files that few pages load: one each for all bundles. Who imports them, what, and the name of the file. */
const later = {
  "bindings/index.ts": { "./scalar.ts": "./twin.js" },
  "src/pipeline/parser.ts": { "../model/arch/parse.ts": "./parse.js" },
  "src/stages/network/weights/assign.ts": { "./rules.ts": "./rules.js" },
};
const loadedLater = {
  name: "loaded-later",
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, importer, kind }) => {
      const file = later[importer.slice(root.length)]?.[path];
      return file !== undefined && kind === "dynamic-import" ? { path: file, external: true } : undefined;
    });
  },
};
rmSync(out, { recursive: true, force: true });
mkdirSync(`${out}/onnxruntime`, { recursive: true });
for (const [name, entry] of Object.entries({
  index: "src/edges/browser/index.ts",
  engine: "src/edges/browser/lean.ts",
  worker: "src/edges/browser/worker.ts",
  kernels: "bindings/index.ts",
}))
  await build({ ...options, entryPoints: { [name]: entry }, outdir: out, plugins: [loadedLater, byUrl] });
await build({
  ...options,
  entryPoints: {
    parse: "src/model/arch/parse.ts",
    rules: "src/stages/network/weights/rules.ts",
    twin: "bindings/scalar.ts",
  },
  splitting: true,
  chunkNames: "chunk-[hash]",
  outdir: out,
});
const oneFile = { ...options, loader: { ".wasm": "binary" } };
const worker = await build({
  ...oneFile,
  entryPoints: ["src/edges/browser/worker.ts"],
  write: false,
  plugins: [inline],
});
await build({
  ...oneFile,
  entryPoints: ["src/edges/browser/index.ts"],
  outfile: `${out}/inline.js`,
  plugins: [inline, inlinedWorker(await smaller(worker.outputFiles[0].text))],
});
for (const name of readdirSync(out).filter((name) => name.endsWith(".js")))
  writeFileSync(`${out}/${name}`, await smaller(readFileSync(`${out}/${name}`, "utf8")));
for (const name of ["release", "scalar", "worker"]) cpSync(`${root}build/${name}.wasm`, `${out}/${name}.wasm`);
for (const name of ["ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"])
  cpSync(`${root}node_modules/onnxruntime-web/dist/${name}`, `${out}/onnxruntime/${name}`);

/** The playground: its own code, and the engine as it is published. */
const playground = `${root}dist/playground`;
rmSync(playground, { recursive: true, force: true });
const engineAside = {
  name: "engine-aside",
  setup({ onResolve }) {
    const published = ["src/index.ts", "src/edges/browser/index.ts"].map((path) => root + path);
    onResolve({ filter: /^\.\.?\// }, ({ path, resolveDir }) =>
      published.includes(resolve(resolveDir, path)) ? { path: "./engine/index.js", external: true } : undefined,
    );
  },
};
await build({
  ...options,
  entryPoints: { playground: "src/edges/playground/main.tsx" },
  jsx: "automatic",
  jsxImportSource: "preact",
  splitting: true,
  chunkNames: "chunk-[hash]",
  // Pictures of pixels are made in Node only.
  external: ["sharp"],
  outdir: playground,
  plugins: [engineAside],
});
for (const name of ["index.html", "playground.css"])
  cpSync(`${root}src/edges/playground/${name}`, `${playground}/${name}`);
for (const name of ["lenet5-ssl.onnx", "lenet5-dense.onnx", "digits.idx3", "labels.idx1"])
  cpSync(`${root}examples/lenet5/${name}`, `${playground}/examples/lenet5/${name}`);
cpSync(out, `${playground}/engine`, {
  recursive: true,
  filter: (path) => !/(inline|kernels|engine)\.js$/.test(path),
});
/** Many servers give .mjs no type that a browser runs as a module: here ONNX Runtime's files, and who loads them, say .js. */
for (const name of readdirSync(`${playground}/engine`, { recursive: true }).filter((name) => /\.m?js$/.test(name))) {
  const text = readFileSync(`${playground}/engine/${name}`, "utf8");
  rmSync(`${playground}/engine/${name}`);
  const renamed = text.replace(/(ort\.wasm\.min|ort-wasm-simd-threaded)\.mjs/g, "$1.js");
  writeFileSync(`${playground}/engine/${name.replace(/\.mjs$/, ".js")}`, renamed);
}
for (const folder of [out, playground]) writeFileSync(`${folder}/THIRD-PARTY.txt`, noticesOf(packages));
