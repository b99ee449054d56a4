import type { InferenceSession, Tensor } from "onnxruntime-web";

import { importRuntime } from "./load.node.ts";
import type { ExternalFile } from "./threadCalls.ts";

/** Tensors by name. */
export type Tensors = Readonly<Record<string, Tensor>>;

/** Its errors reach the user as InputError; printed as well, they would be noise. */
const SILENT = 4;

/** ONNX Runtime weighs megabytes: it is loaded when the first session is made. */
async function loadRuntime(): Promise<typeof import("onnxruntime-web")> {
  const runtime = await importRuntime();
  runtime.env.wasm.numThreads = 1;
  runtime.env.logLevel = "error";
  return runtime;
}

/** A model in ONNX Runtime, on this thread. */
export async function createSession(
  model: Uint8Array,
  externalData: readonly ExternalFile[],
): Promise<InferenceSession> {
  const { InferenceSession } = await loadRuntime();
  return InferenceSession.create(model, {
    executionProviders: ["wasm"],
    // Optimised graphs fuse nodes, and the tensors between them are what is asked for.
    graphOptimizationLevel: "disabled",
    logSeverityLevel: SILENT,
    externalData,
  });
}

export async function runTensors(
  session: InferenceSession,
  feeds: Tensors,
  fetches: readonly string[],
): Promise<Tensors> {
  return session.run(feeds, fetches, { logSeverityLevel: SILENT });
}

/** Tensor constructor, once the runtime is there. */
export async function tensorConstructor(): Promise<typeof Tensor> {
  return (await loadRuntime()).Tensor;
}
