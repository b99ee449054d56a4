let folder: string | null = null;

/** URL of the folder, with a slash at the end, that has the files of ONNX Runtime; default: onnxruntime/ beside the bundle. */
export function locateRuntime(url: string): void {
  folder = url;
}

/**
 * Its files are loaded as they are, by their URL: no bundler has a part in it, and no other host is asked.
 * @throws Error with the URL where there is none.
 */
export async function importRuntime(): Promise<typeof import("onnxruntime-web")> {
  folder ??= besideBundle("onnxruntime/");
  const url = `${folder}ort.wasm.min.mjs`;
  let runtime: typeof import("onnxruntime-web");
  try {
    runtime = (await import(/* @vite-ignore */ /* webpackIgnore: true */ url)) as typeof runtime;
  } catch (error) {
    throw new Error(`${url}: expected ONNX Runtime (docs/embedding.md), got ${String(error)}`, { cause: error });
  }
  runtime.env.wasm.wasmPaths = folder;
  return runtime;
}

/** Not written out where it is used: bundlers would look for the folder. */
function besideBundle(name: string): string {
  return new URL(name, import.meta.url).href;
}

/** Whoever wants to stop inference ends the worker that the engine runs in. */
export function takeThread(): null {
  return null;
}
