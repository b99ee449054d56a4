import type { InferenceSession, Tensor } from "onnxruntime-web";

import { inputError } from "../../../model/base/errors.ts";
import { importRuntime } from "./load.node.ts";

export { locateRuntime } from "./load.node.ts";

export type Tensors = Readonly<Record<string, Tensor>>;

/** File beside the model, as its tensors name it. */
export interface ExternalFile {
  readonly path: string;
  readonly data: Uint8Array;
}

/** ONNX Runtime weighs megabytes: it is loaded when the first session is made. */
async function loadRuntime(): Promise<typeof import("onnxruntime-web")> {
  const runtime = await importRuntime();
  runtime.env.wasm.numThreads = 1;
  runtime.env.logLevel = "error";
  return runtime;
}

/** Its errors reach the user as InputError; printed as well, they would be noise. */
const SILENT = 4;

/** @throws InputError at `place` (or one of its nodes) when ONNX Runtime refuses the model. */
export async function openSession(
  model: Uint8Array,
  place: string,
  externalData: readonly ExternalFile[] = [],
): Promise<InferenceSession> {
  const { InferenceSession } = await loadRuntime();
  try {
    return await InferenceSession.create(model, {
      executionProviders: ["wasm"],
      // Optimised graphs fuse nodes, and the tensors between them are what is asked for.
      graphOptimizationLevel: "disabled",
      logSeverityLevel: SILENT,
      externalData,
    });
  } catch (error) {
    throw runtimeError(error, place);
  }
}

/** @throws InputError when a node fails. */
export async function runSession(
  session: InferenceSession,
  feeds: Tensors,
  fetches: readonly string[],
  place: string,
): Promise<Tensors> {
  try {
    return await session.run(feeds, fetches, { logSeverityLevel: SILENT });
  } catch (error) {
    throw runtimeError(error, place);
  }
}

function runtimeError(error: unknown, place: string): Error {
  const message = error instanceof Error ? error.message : String(error);
  const node = /\bnode[^'"]{0,40}?name:?\s*\(?['"]([^'"]+)['"]/i.exec(message)?.[1];
  const where = node === undefined ? place : `${place}, node ${node}`;
  // What follows its error code; source lines of the runtime tell a user nothing.
  const reason = message.replace(/^.*ERROR_MESSAGE:\s*/s, "").replace(/\S+\.(h|cc):\d+\s/g, "");
  return inputError(where, "a network that ONNX Runtime can run", reason.trim(), error);
}

/** Tensor constructor, once the runtime is there. */
export async function tensorConstructor(): Promise<typeof Tensor> {
  return (await loadRuntime()).Tensor;
}
