import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { PointOutcome } from "../../../src/index.ts";
import { workerCommand } from "../../../src/edges/cli/worker.ts";
import { runOnQueue } from "../../../src/edges/sweep/queue.ts";
import type { QueueOptions } from "../../../src/edges/sweep/coordinator.ts";
import type { WorkGroup } from "../../../src/edges/sweep/plan.ts";
import type { QueueWorkerOptions } from "../../../src/edges/sweep/worker.ts";
import { standInRunner } from "./standIn.ts";

export interface WorkerOrder {
  readonly role: "worker";
  readonly redis: string;
  readonly shared?: string;
  readonly threads: string;
  readonly state: string;
  readonly timing: QueueWorkerOptions["timing"];
}

export interface CoordinatorOrder {
  readonly role: "coordinator";
  readonly groups: readonly WorkGroup[];
  readonly options: QueueOptions;
  readonly journal: string;
}

/** A worker, or the side that hands out the groups, as a process that a test can kill. */
export type Order = WorkerOrder | CoordinatorOrder;

const order = JSON.parse(process.argv[2]!) as Order;
if (order.role === "worker") {
  process.exit(await workerCommand(order, standInRunner(order.state), order.timing));
} else {
  // Ends by itself, and only if nothing is left that keeps the process alive.
  const { groups, options, journal } = order;
  const done = new Set(existsSync(journal) ? readJournal(journal).map(({ id }) => id) : []);
  const left = groups.filter(({ points }) => !points.every(({ id }) => done.has(id)));
  const abort = new AbortController();
  process.once("SIGTERM", () => abort.abort(new Error("told to end")));
  try {
    for await (const outcomes of runOnQueue(left, { ...options, signal: abort.signal }))
      appendFileSync(journal, outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`).join(""));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 5;
  }
}

function readJournal(path: string): PointOutcome[] {
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as PointOutcome);
}
