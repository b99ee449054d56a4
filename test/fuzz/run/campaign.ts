import { Worker } from "node:worker_threads";
import type { FoundFault } from "./outcome.ts";
import type { ThreadSetup, ThreadTally } from "./thread.ts";

export interface CampaignOptions {
  readonly seed: number;
  /** Inputs of each door. */
  readonly counts: ReadonlyMap<string, number>;
  /** Bundled thread.ts. */
  readonly threadFile: URL;
  /** An input that has not ended by then hangs. */
  readonly patience_ms: number;
  readonly memory_bytes: number;
  readonly onProgress?: (results: ReadonlyMap<string, DoorResult>) => void;
}

export interface DoorResult {
  inputs: number;
  accepted: number;
  refused: number;
  readonly forms: Set<string>;
  readonly faults: FoundFault[];
  elapsed_ms: number;
}

/** What one thread may hold: an input that wants more ends it, and is a fault. */
const HEAP_MB = 1024;
const CHECK_MS = 100;

/** Runs the inputs of every door, one door after the other, each in a thread that is watched. */
export async function runCampaign(options: CampaignOptions): Promise<Map<string, DoorResult>> {
  const results = new Map<string, DoorResult>();
  for (const [door, count] of options.counts) {
    const result: DoorResult = { inputs: 0, accepted: 0, refused: 0, forms: new Set(), faults: [], elapsed_ms: 0 };
    results.set(door, result);
    const start = performance.now();
    const onTally = (): void => {
      result.elapsed_ms = performance.now() - start;
      options.onProgress?.(results);
    };
    for (let next = 0; next < count;) next = await runThread(door, next, count, result, options, onTally);
    onTally();
  }
  return results;
}

/** Inputs until the end, or until one that the thread does not survive. Gives the input to go on with. */
function runThread(
  door: string,
  start: number,
  end: number,
  result: DoorResult,
  { seed, threadFile, patience_ms, memory_bytes }: CampaignOptions,
  onTally: () => void,
): Promise<number> {
  const current = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
  const workerData: ThreadSetup = { door, seed, start, end, memory_bytes, current };
  const thread = new Worker(threadFile, { workerData, resourceLimits: { maxOldGenerationSizeMb: HEAP_MB } });
  return new Promise((resolve) => {
    let next = start;
    let watched = -1;
    let since = performance.now();
    const lost = (kind: FoundFault["kind"], message: string): void => {
      const index = Math.max(start, Atomics.load(current, 0));
      clearInterval(timer);
      result.faults.push({ door, seed, index, kind, message });
      // Those since the last tally have ended well: a fault among them is found again by its own number.
      result.inputs += index + 1 - next;
      next = index + 1;
      void thread.terminate();
    };
    const timer = setInterval(() => {
      const index = Atomics.load(current, 0);
      if (index !== watched) [watched, since] = [index, performance.now()];
      else if (next < end && performance.now() - since > patience_ms) lost("hang", `no end within ${patience_ms} ms`);
    }, CHECK_MS);
    thread.on("message", (tally: ThreadTally) => {
      result.inputs += tally.next - next;
      next = tally.next;
      result.accepted += tally.accepted;
      result.refused += tally.refused;
      tally.forms.forEach((form) => result.forms.add(form));
      result.faults.push(...tally.faults);
      onTally();
    });
    thread.on("error", (error) => lost("exit", String(error)));
    thread.on("exit", () => {
      clearInterval(timer);
      if (next < end && next === start) lost("exit", "the thread ended");
      resolve(next);
    });
  });
}
