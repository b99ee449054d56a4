import { parentPort, workerData } from "node:worker_threads";
import { doorOf, inputOf } from "./inputs.ts";
import { formOf, outcomeOf } from "./outcome.ts";
import type { FaultKind, FoundFault } from "./outcome.ts";

/** What a thread is told: the inputs of one door from `start` to before `end`. */
export interface ThreadSetup {
  readonly door: string;
  readonly seed: number;
  readonly start: number;
  readonly end: number;
  /** Most that one input may add to the highest memory of the process. */
  readonly memory_bytes: number;
  /** The input at work, for the watchdog. */
  readonly current: Int32Array;
}

/** Since the last message: what came of which number of inputs. */
export interface ThreadTally {
  readonly next: number;
  readonly accepted: number;
  readonly refused: number;
  /** Kinds of messages that inputs were refused with. */
  readonly forms: readonly string[];
  readonly faults: readonly FoundFault[];
}

const POST_EVERY = 200;

const { door: name, seed, start, end, memory_bytes, current } = workerData as ThreadSetup;
const door = doorOf(name);
let tally = emptyTally();

process.on("unhandledRejection", (reason) => add("unhandled", Atomics.load(current, 0), String(reason)));

for (let index = start; index < end; index++) {
  Atomics.store(current, 0, index);
  await runOne(index);
  if ((index - start) % POST_EVERY === POST_EVERY - 1) post(index + 1);
}
// A promise that nobody waits for is to be heard of, too.
await new Promise((resolve) => setTimeout(resolve, 20));
post(end);

async function runOne(index: number): Promise<void> {
  const input = inputOf(door, seed, index);
  const before = process.resourceUsage().maxRSS;
  const outcome = await outcomeOf(door, input);
  const grown_bytes = (process.resourceUsage().maxRSS - before) * 1024;
  if (outcome.end === "accepted") tally.accepted++;
  else if (outcome.end === "refused") {
    tally.refused++;
    tally.forms.add(formOf(outcome.message));
  } else add(outcome.kind, index, outcome.message);
  if (grown_bytes > memory_bytes) add("memory", index, `${Math.round(grown_bytes / 2 ** 20)} MiB more`);
}

function add(kind: FaultKind, index: number, message: string): void {
  tally.faults.push({ door: name, seed, index, kind, message });
}

function emptyTally() {
  return { accepted: 0, refused: 0, forms: new Set<string>(), faults: [] as FoundFault[] };
}

function post(next: number): void {
  const { forms, ...rest } = tally;
  parentPort!.postMessage({ next, ...rest, forms: [...forms] } satisfies ThreadTally);
  tally = emptyTally();
}
