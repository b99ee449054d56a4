import { wrap } from "comlink";
import type { Remote } from "comlink";

/** A worker's object, and the end of the worker: calls that wait for an answer would wait for ever. */
export interface RemoteWorker<T> {
  readonly service: Remote<T>;
  /** Rejects with the reason when the worker ends. */
  readonly ended: Promise<never>;
  end(reason: unknown): void;
}

/** @param what its name in messages */
export function openRemote<T>(worker: Worker, what: string): RemoteWorker<T> {
  let reject: (reason: unknown) => void;
  const ended = new Promise<never>((_, fail) => void (reject = fail));
  // Nobody may be waiting when it ends.
  ended.catch(() => {});
  const end = (reason: unknown): void => {
    worker.terminate();
    reject(reason);
  };
  worker.addEventListener("error", ({ message }) => end(new Error(`${what} failed: ${message || "no such file"}`)));
  return { service: wrap<T>(worker), ended, end };
}
