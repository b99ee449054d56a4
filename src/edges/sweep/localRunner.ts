import { Piscina } from "piscina";
import { recordedBy } from "../../index.ts";
import type { PointOutcome } from "../../index.ts";
import type { WorkGroup } from "./plan.ts";
import { RecentlyUsed } from "./recentlyUsed.ts";
import type { GroupRunner, RunnerOptions } from "./runner.ts";
import type { ThreadTask } from "./taskForm.ts";
import type { PointsAnswer, RecordAnswer } from "./thread.ts";

/** What was made of that which points share: quantised workloads and counts. Each point needs one of both. */
export interface SharedWork {
  readonly points: number;
  readonly preparations: number;
  readonly preparing_ms: number;
  readonly counts: number;
  readonly counting_ms: number;
}

export interface LocalRunner extends GroupRunner {
  readonly threads: number;
  readonly done: SharedWork;
}

/** Quantised workloads that are kept at a time, and what one may take. */
const KEPT_RECORDINGS = 2;
const RECORDING_BYTES = 2 ** 30;

/**
 * Groups of points on threads of this machine, each group on one thread. What groups share is quantised once, in memory
 * that all threads see.
 */
export function createLocalRunner({ threads, shared }: RunnerOptions): LocalRunner {
  const pool = new Piscina<ThreadTask, RecordAnswer | PointsAnswer>({
    filename: new URL("sweepThread.js", import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
    idleTimeout: Infinity,
  });
  const recordings = new RecentlyUsed<string, RecordAnswer>(KEPT_RECORDINGS);
  const done = { points: 0, preparations: 0, preparing_ms: 0, counts: 0, counting_ms: 0 };

  const recordingOf = (group: WorkGroup): Promise<RecordAnswer> => {
    const { network, files, seed, points } = group;
    const key = JSON.stringify([network, files, seed, recordedBy(points[0]!.config)]);
    return recordings.getOr(key, async () => {
      const answer = (await pool.run({ kind: "record", group, shared, maxBytes: RECORDING_BYTES })) as RecordAnswer;
      done.preparations++;
      done.preparing_ms += answer.took_ms;
      return answer;
    });
  };
  return {
    threads,
    // One group more than threads is ready when a thread is done.
    concurrency: 2 * threads,
    done,
    async run(group): Promise<PointOutcome[]> {
      try {
        const { recorded } = await recordingOf(group);
        const { outcomes, count_ms } = (await pool.run({ kind: "points", group, shared, recorded })) as PointsAnswer;
        done.points += outcomes.length;
        if (count_ms !== null) {
          done.counts++;
          done.counting_ms += count_ms;
        }
        return [...outcomes];
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        return group.points.map(({ id }) => ({ id, error: message, attempts: 1 }));
      }
    },
    close: () => pool.destroy(),
  };
}
