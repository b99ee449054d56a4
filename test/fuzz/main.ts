import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { deserialize, serialize } from "node:v8";
import { doors } from "./doors/index.ts";
import { runCampaign } from "./run/campaign.ts";
import type { DoorResult } from "./run/campaign.ts";
import { doorOf, inputOf } from "./run/inputs.ts";
import { formOf, outcomeOf } from "./run/outcome.ts";
import type { FoundFault } from "./run/outcome.ts";
import { sharesOf } from "./run/shares.ts";

// npm run fuzz [-- --seed N --inputs N --door NAME --index N --replay FILE]

/** Where inputs that found a fault are kept. */
const FOLDER = "runs/fuzz";
const PRINT_MS = 5000;

const { values } = parseArgs({
  options: {
    seed: { type: "string", default: "0" },
    inputs: { type: "string", default: "100000" },
    door: { type: "string", multiple: true, default: [] },
    index: { type: "string" },
    replay: { type: "string" },
  },
});
const seed = wholeOf("seed");
if (values.replay !== undefined) {
  const { door, input } = deserialize(readFileSync(values.replay)) as { door: string; input: unknown };
  await replay(door, input);
} else if (values.index !== undefined) {
  const [door] = values.door;
  if (door === undefined) throw new Error("--index: expected --door NAME with it, got none");
  await replay(door, inputOf(doorOf(door), seed, wholeOf("index")));
} else await run();

/** A typing error must not pass as a campaign of no inputs. */
function wholeOf(option: "seed" | "inputs" | "index"): number {
  const text = values[option]!;
  if (!/^\d+$/.test(text)) throw new Error(`--${option}: expected a whole number, got ${text}`);
  return Number(text);
}

async function replay(door: string, input: unknown): Promise<void> {
  console.dir(input, { depth: 8, maxArrayLength: 40 });
  console.log(await outcomeOf(doorOf(door), input));
}

async function run(): Promise<void> {
  const chosen = values.door.length === 0 ? doors : values.door.map(doorOf);
  const counts = sharesOf(chosen, wholeOf("inputs"));
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  const start = performance.now();
  let printed = start;
  const results = await runCampaign({
    ...{ seed, counts, patience_ms: 10_000, memory_bytes: 2 ** 28 },
    threadFile: new URL("fuzzThread.js", import.meta.url),
    onProgress(soFar) {
      const now = performance.now();
      if (now - printed < PRINT_MS) return;
      printed = now;
      const done = [...soFar.values()].reduce((sum, { inputs }) => sum + inputs, 0);
      const left_s = (((now - start) / done) * (total - done)) / 1000;
      console.error(
        `${done} of ${total} inputs, ${Math.round((1000 * done) / (now - start))}/s, ${Math.round(left_s)} s left`,
      );
    },
  });
  print(results, performance.now() - start);
  const faults = [...results.values()].flatMap((result) => result.faults);
  keep(faults);
  process.exitCode = faults.length === 0 ? 0 : 1;
}

function print(results: ReadonlyMap<string, DoorResult>, elapsed_ms: number): void {
  const rows = [...results].map(([door, { inputs, accepted, refused, forms, faults, elapsed_ms: took }]) => ({
    ...{ door, inputs, accepted, refused, "kinds of refusal": forms.size, faults: faults.length },
    "inputs/s": Math.round((1000 * inputs) / took),
  }));
  console.table(rows);
  const inputs = rows.reduce((sum, row) => sum + row.inputs, 0);
  const peak_MiB = Math.round(process.resourceUsage().maxRSS / 1024);
  console.log(`seed ${seed}: ${inputs} inputs in ${Math.round(elapsed_ms / 1000)} s, peak memory ${peak_MiB} MiB`);
}

/** Prints each kind of fault once, with where to find the input, and writes the inputs of the first of each kind. */
function keep(faults: readonly FoundFault[]): void {
  const groups = new Map<string, FoundFault[]>();
  for (const fault of faults) {
    const key = `${fault.door} ${fault.kind} ${formOf(fault.message)}`;
    groups.set(key, [...(groups.get(key) ?? []), fault]);
  }
  if (groups.size > 0) mkdirSync(FOLDER, { recursive: true });
  for (const [first, ...others] of groups.values()) {
    const { door, index, kind, message } = first!;
    const path = join(FOLDER, `${door}-${seed}-${index}.fuzz`);
    writeFileSync(path, serialize({ door, input: inputOf(doorOf(door), seed, index) }));
    console.log(
      `\n${kind} at ${door}, seed ${seed}, index ${index} (${others.length} more like it), kept in ${path}\n${message}`,
    );
  }
}
