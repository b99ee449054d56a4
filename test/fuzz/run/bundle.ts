import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = new URL("../../../", import.meta.url);

/** Bundles thread.ts, which runs beside the test's own loader. Into build/: one folder below it are the Wasm modules. */
export async function bundleThread(name: string): Promise<URL> {
  const outfile = new URL(`build/${name}.js`, root);
  await build({
    entryPoints: [fileURLToPath(new URL("test/fuzz/run/thread.ts", root))],
    outfile: fileURLToPath(outfile),
    ...{
      bundle: true,
      platform: "node",
      target: "node20.19",
      format: "esm",
      packages: "external",
      logLevel: "warning",
    },
    alias: { "as-bind/dist/as-bind.esm.js": fileURLToPath(new URL("node_modules/as-bind/dist/as-bind.esm.js", root)) },
  });
  return outfile;
}
