import { availableParallelism } from "node:os";
import type { FaultGatherer } from "../faults.ts";
import { countOr } from "../terminal/options.ts";

/** Each takes a part of one 4 GiB memory as scratch. */
const MAX_THREADS = 64;

/** Threads of `--threads n|auto`; a fault, and undefined, for anything else. */
export function parseThreads(text: string, faults: FaultGatherer): number | undefined {
  if (text === "auto") return Math.min(availableParallelism(), MAX_THREADS);
  const threads = countOr("auto", "threads", text, faults);
  if (threads === undefined || threads <= MAX_THREADS) return threads;
  faults.add("--threads", `integer in 1..${MAX_THREADS} or "auto"`, text);
  return undefined;
}
