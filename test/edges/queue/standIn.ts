import { createHash } from "node:crypto";
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Config, PointOutcome } from "../../../src/index.ts";
import type { WorkGroup } from "../../../src/edges/sweep/plan.ts";
import type { CreateRunner } from "../../../src/edges/sweep/runner.ts";
import { locateIn } from "../../../src/edges/sweep/sharedFiles.ts";

/** What the stand-in does with a group; carried where a group has its network. */
export interface Behaviour {
  readonly duration_ms: number;
  /** Attempts that throw, or that give an error for the last point. */
  readonly throws?: number;
  readonly pointFails?: number;
}

export function group(
  key: string,
  pointCount: number,
  behaviour: Behaviour,
  files: WorkGroup["files"] = [],
): WorkGroup {
  const points = Array.from({ length: pointCount }, (_, i) => ({ id: `${key}/${i}`, config: {} as Config }));
  const network = { name: JSON.stringify(behaviour) };
  return { key, network, files, schemes: [], seed: 0, accuracy: null, points };
}

/** What every point comes to, whoever runs it: a function of the point and of the bytes of its files. */
export async function outcomesOf(group: WorkGroup, locate = (path: string) => path): Promise<PointOutcome[]> {
  const contents = await Promise.all(group.files.map(({ path }) => readFile(locate(path))));
  return group.points.map(({ id }) => {
    const hash = createHash("sha256").update(id);
    for (const content of contents) hash.update(content);
    const samples = hash.digest().readUInt32LE(0);
    const result = { samples, adcBits: 1, indexBits: 1, float: null, integer: 0.1, schemes: {} };
    return { id, result, elapsed_ms: 1 };
  });
}

export interface LogEntry {
  readonly key: string;
  readonly pid: number;
  readonly event: "start" | "end";
  readonly points: number;
  readonly at_ms: number;
}

/** Runs of all workers, in the order of their beginnings and ends. */
export function readLog(state: string): LogEntry[] {
  const path = join(state, "log");
  if (!existsSync(path)) return [];
  // What follows the last line end is being written.
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as LogEntry);
}

/** A runner that only waits; writes down in `state` what it does. */
export function standInRunner(state: string): CreateRunner {
  const log = ({ key, points }: WorkGroup, event: LogEntry["event"]): void => {
    const entry: LogEntry = { key, pid: process.pid, event, points: points.length, at_ms: Date.now() };
    appendFileSync(join(state, "log"), `${JSON.stringify(entry)}\n`);
  };
  return ({ threads, shared }) => ({
    concurrency: threads,
    async run(group) {
      const { duration_ms, throws = 0, pointFails = 0 } = JSON.parse(group.network.name) as Behaviour;
      log(group, "start");
      const attempt = readLog(state).filter(({ key, event }) => key === group.key && event === "start").length;
      await pause(duration_ms);
      if (attempt <= throws) throw new Error(`thrown ${attempt}`);
      const outcomes = await outcomesOf(group, shared === undefined ? undefined : locateIn(shared, group.files));
      if (attempt <= pointFails) {
        const { id } = outcomes.pop()!;
        outcomes.push({ id, error: `point failed ${attempt}`, attempts: 1 });
      }
      log(group, "end");
      return outcomes;
    },
    async close() {},
  });
}
