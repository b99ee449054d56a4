import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Fault, PointOutcome } from "../../../src/index.ts";
import type { InputFile } from "../../../src/edges/files/readFiles.ts";
import type { QueueOptions } from "../../../src/edges/sweep/coordinator.ts";
import type { WorkGroup } from "../../../src/edges/sweep/plan.ts";
import { runOnQueue } from "../../../src/edges/sweep/queue.ts";
import { Random } from "../../helpers/random.ts";
import { emptyFolder } from "../sre.ts";
import { group, outcomesOf, readLog } from "./standIn.ts";
import type { LogEntry } from "./standIn.ts";

/** Of 1 to 4 points each, with durations around `duration_ms`. */
export function someGroups(count: number, duration_ms: number, files: readonly InputFile[] = []): WorkGroup[] {
  const random = new Random(count);
  return Array.from({ length: count }, (_, i) =>
    group(
      `g${i}`,
      random.integer(1, 4),
      { duration_ms: random.integer(duration_ms / 2, (duration_ms * 3) / 2) },
      files,
    ),
  );
}

export async function someFiles(): Promise<InputFile[]> {
  return ["one", "two"].map((content) => fileOf(`${content}.npy`, content));
}

/** A file with that content. */
export function fileOf(name: string, content: string, folder = emptyFolder()): InputFile {
  const path = join(folder, name);
  writeFileSync(path, content);
  return { role: "INPUT", path, sha256: sha256(content), bytes: Buffer.byteLength(content) };
}

export function sha256(content: string): string {
  return createHash("sha256").update(content).digest("hex");
}

/** The fault of a line `place: expected …, got …`. */
export function faultOf(line: string): Fault {
  const [, place = "", expected = "", got = ""] = /^(.*?): expected (.*), got (.*)$/.exec(line)!;
  return { place, expected, got };
}

export async function collect(groups: readonly WorkGroup[], options: QueueOptions): Promise<PointOutcome[][]> {
  const found: PointOutcome[][] = [];
  for await (const outcomes of runOnQueue(groups, options)) found.push(outcomes);
  return found;
}

export function inOrder(groups: readonly WorkGroup[]): Promise<PointOutcome[][]> {
  return Promise.all(groups.map((group) => outcomesOf(group)));
}

/** Outcomes in the order of the groups; those of a group that came twice would be one too many. */
export function inOrderOf(groups: readonly WorkGroup[], found: readonly PointOutcome[][]): PointOutcome[][] {
  const place = new Map(groups.map(({ points }, i) => [points[0]!.id, i]));
  return [...found].sort((a, b) => place.get(a[0]!.id)! - place.get(b[0]!.id)!);
}

export function byId(a: PointOutcome, b: PointOutcome): number {
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

export function starts(state: string): LogEntry[] {
  return readLog(state).filter(({ event }) => event === "start");
}

export function endings(state: string): LogEntry[] {
  return readLog(state).filter(({ event }) => event === "end");
}

export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await pause(10);
}
