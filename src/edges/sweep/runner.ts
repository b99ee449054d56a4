import type { PointOutcome } from "../../index.ts";
import type { WorkGroup } from "./plan.ts";

/** Runs groups of points on this machine. */
export interface GroupRunner {
  /** Groups that may run at the same time. */
  readonly concurrency: number;
  /** An outcome for every point. Work happens in worker threads: the event loop stays free. */
  run(group: WorkGroup): Promise<PointOutcome[]>;
  close(): Promise<void>;
}

export interface RunnerOptions {
  readonly threads: number;
  /** Folder that holds the files of a group by their sha256; absent: they are where their paths say. */
  readonly shared?: string | undefined;
}

export type CreateRunner = (options: RunnerOptions) => GroupRunner;
