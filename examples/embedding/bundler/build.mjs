import { cpSync } from "node:fs";
import { build } from "esbuild";

await build({
  // The engine looks for its worker beside the file that starts it.
  entryPoints: { main: "main.js", worker: "sparse-reram-engine/browser/worker" },
  outdir: "public",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2022",
});
cpSync("index.html", "public/index.html");
for (const name of ["release.wasm", "scalar.wasm", "worker.wasm"])
  cpSync(`node_modules/sparse-reram-engine/dist/browser/${name}`, `public/${name}`);
for (const name of ["ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs", "ort-wasm-simd-threaded.wasm"])
  cpSync(`node_modules/onnxruntime-web/dist/${name}`, `public/onnxruntime/${name}`);
// What the example simulates.
cpSync("node_modules/sparse-reram-engine/examples/lenet5", "public/lenet5", { recursive: true });
