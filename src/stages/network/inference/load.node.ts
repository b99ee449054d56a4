/** Takes the runtime of the package; bundles for browsers have load.browser.ts in this place. */
export function importRuntime(): Promise<typeof import("onnxruntime-web")> {
  return import("onnxruntime-web");
}

/** Only a browser needs to be told where the files of ONNX Runtime are. */
export function locateRuntime(_folder: string): void {}
