import { existsSync } from "node:fs";
import { Worker } from "node:worker_threads";

import type { ThreadAnswer, ThreadCall } from "./threadCalls.ts";

/** Takes the runtime of the package; bundles for browsers have load.browser.ts in this place. */
export function importRuntime(): Promise<typeof import("onnxruntime-web")> {
  return import("onnxruntime-web");
}

/** Only a browser needs to be told where the files of ONNX Runtime are. */
export function locateRuntime(_folder: string): void {}

/** A thread that runs ONNX Runtime for one network at a time. */
export interface InferenceThread {
  /** @throws Error when the thread ends before it answers. */
  call(call: ThreadCall, transfer: readonly ArrayBuffer[]): Promise<ThreadAnswer>;
  /** For the next network; it does not keep the program running. */
  giveBack(): void;
  /** At once, whatever it does. */
  end(): void;
}

/** Beside the bundle. */
const FILE = new URL("./inferenceThread.js", import.meta.url);
/** Loading ONNX Runtime takes longer than a small network: one thread that has it waits for the next one. */
let idle: NodeThread | null = null;

/** null where its file is not: the caller's own thread has to do. */
export function takeThread(): InferenceThread | null {
  if (idle === null) return existsSync(FILE) ? new NodeThread() : null;
  const thread = idle;
  idle = null;
  thread.keepRunning();
  return thread;
}

class NodeThread implements InferenceThread {
  /** Without the options of this program: some of them allow no file. */
  private readonly worker = new Worker(FILE, { execArgv: [] });
  private readonly waiting = new Map<number, { resolve(found: ThreadAnswer): void; reject(error: Error): void }>();
  private calls = 0;

  constructor() {
    this.worker.on("message", ({ id, answer }: { id: number; answer: ThreadAnswer }) => {
      this.waiting.get(id)?.resolve(answer);
      this.waiting.delete(id);
    });
    this.worker.on("error", (error) => this.fail(error));
    this.worker.on("exit", (code) => this.fail(new Error(`inference ended with code ${code}`)));
  }

  call(call: ThreadCall, transfer: readonly ArrayBuffer[]): Promise<ThreadAnswer> {
    return new Promise((resolve, reject) => {
      const id = ++this.calls;
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, call }, transfer);
    });
  }

  keepRunning(): void {
    this.worker.ref();
  }

  giveBack(): void {
    if (idle !== null) return this.end();
    this.worker.unref();
    idle = this;
  }

  end(): void {
    void this.worker.terminate();
  }

  private fail(error: Error): void {
    if (idle === this) idle = null;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
