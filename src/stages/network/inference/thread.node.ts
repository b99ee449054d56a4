import { parentPort } from "node:worker_threads";
import type { InferenceSession, Tensor } from "onnxruntime-web";

import { createSession, runTensors, tensorConstructor } from "./ortRuntime.ts";
import { buffersOf, plainTensor } from "./threadCalls.ts";
import type { PlainTensor, ThreadAnswer, ThreadCall } from "./threadCalls.ts";

// Entry of the thread that runs ONNX Runtime: it computes for seconds at a time, and only a thread can be stopped then.

const sessions = new Map<number, InferenceSession>();
let opened = 0;

async function answer(call: ThreadCall): Promise<ThreadAnswer> {
  switch (call.kind) {
    case "open":
      sessions.set(++opened, await createSession(call.model, call.externalData));
      return { session: opened };
    case "run": {
      const constructor = await tensorConstructor();
      const feeds = byName(call.feeds, ({ type, data, dims }): Tensor => new constructor(type, data as never, dims));
      return { tensors: byName(await runTensors(sessions.get(call.session)!, feeds, call.fetches), plainTensor) };
    }
    case "release":
      await sessions.get(call.session)!.release();
      sessions.delete(call.session);
      return { session: call.session };
  }
}

function byName<A, B>(values: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, map(value)]));
}

const buffers = (found: ThreadAnswer): ArrayBuffer[] =>
  "tensors" in found ? buffersOf(found.tensors as Record<string, PlainTensor>) : [];

parentPort!.on("message", ({ id, call }: { id: number; call: ThreadCall }) => {
  void answer(call)
    .catch((error: unknown): ThreadAnswer => ({ error: error instanceof Error ? error.message : String(error) }))
    .then((found) => parentPort!.postMessage({ id, answer: found }, buffers(found)));
});
