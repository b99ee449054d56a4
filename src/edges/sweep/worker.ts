import { setTimeout as pause } from "node:timers/promises";
import type { Job, Worker } from "bullmq";
import { InputError } from "../../index.ts";
import type { PointOutcome } from "../../index.ts";
import { ATTEMPTS, MAX_LOST_WORKERS, QUEUE_NAME, QUEUE_PREFIX, describeGroup } from "./job.ts";
import type { GroupJob } from "./job.ts";
import { connectRedis, isConnectionError, watchConnection } from "./redis.ts";
import type { CreateRunner, GroupRunner } from "./runner.ts";
import { SharedFolder } from "./sharedFiles.ts";

export interface QueueWorkerOptions {
  readonly url: string;
  /** Folder with the input files; absent: groups that have files fail. */
  readonly shared?: string | undefined;
  readonly threads: number;
  readonly createRunner: CreateRunner;
  readonly log: (line: string) => void;
  readonly timing?: Partial<typeof WORKER_TIMING> | undefined;
}

export interface QueueWorker {
  /** Takes no more groups and finishes those that it holds. During an outage it waits no longer than `patience_ms`. */
  finish(): Promise<void>;
  /** Gives the groups back that it holds, for other workers. */
  giveBack(): Promise<void>;
}

/** A group of a killed worker is taken over after lock + 2 x check at most. */
export const WORKER_TIMING = {
  /** For the server to answer, at the start and at the end. */
  patience_ms: 5000,
  /** A worker that has not renewed its claim to a group for so long has lost it. */
  lock_ms: 10_000,
  /** Between searches for groups whose worker is gone. */
  check_ms: 4000,
  /** For a file to turn up in the shared folder; also keeps a worker without the files from failing all groups at once. */
  files_ms: 10_000,
  /** Longest wait of an idle worker that missed a signal. */
  idle_ms: 2000,
};

type Held = Job<GroupJob, PointOutcome[]>;

/** Serves the sweeps of a Redis server until told to end. @throws InputError when the server cannot be used. */
export async function startQueueWorker(options: QueueWorkerOptions): Promise<QueueWorker> {
  const { url, shared, threads, createRunner, log } = options;
  const timing = { ...WORKER_TIMING, ...options.timing };
  const { bullmq, client, place } = await connectRedis(url, timing.patience_ms);
  const runner = createRunner({ threads, shared });
  const folder = new SharedFolder(shared);
  const held = new Map<Held, string>();
  let isLost = false;
  let isEnding = false;
  watchConnection(
    client,
    () => {
      isLost = true;
      if (!isEnding) log(`${place}: connection lost, trying again until it is back`);
    },
    () => {
      isLost = false;
      log(`${place}: connected again`);
    },
  );

  const processor = async (job: Held, token = ""): Promise<PointOutcome[]> => {
    const name = describeGroup(job.data.group);
    const startedAt = Date.now();
    held.set(job, token);
    try {
      await checkFiles(folder, job, timing.files_ms);
      const outcomes = await attempt(runner, job);
      const failed = outcomes.filter((outcome) => "error" in outcome).length;
      const count = failed === 0 ? "" : `, ${failed} failed`;
      log(`${name}: done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s${count}`);
      return outcomes;
    } catch (error) {
      log(`${name}: attempt ${job.attemptsMade + 1} of ${ATTEMPTS} failed: ${messageOf(error)}`);
      throw error;
    } finally {
      held.delete(job);
    }
  };
  const worker: Worker<GroupJob, PointOutcome[]> = new bullmq.Worker(QUEUE_NAME, processor, {
    connection: client,
    prefix: QUEUE_PREFIX,
    concurrency: runner.concurrency,
    lockDuration: timing.lock_ms,
    stalledInterval: timing.check_ms,
    maxStalledCount: MAX_LOST_WORKERS,
    drainDelay: timing.idle_ms / 1000,
    runRetryDelay: 1000,
  });
  worker.on("stalled", (id) => log(`job ${id}: its worker is gone, another one takes it`));
  let lastError = "";
  worker.on("error", (error) => {
    if (isEnding || isConnectionError(error) || error.message === lastError) return;
    lastError = error.message;
    log(`${place}: ${error.message}`);
  });
  const files = shared === undefined ? "no shared folder" : `files from ${shared}`;
  log(`${place}: connected, ${runner.concurrency} groups at a time, ${files}`);

  const end = async (): Promise<void> => {
    client.disconnect();
    await runner.close();
  };
  return {
    async finish() {
      isEnding = true;
      const closed = worker.close();
      let lostSince = Infinity;
      const outage = new AbortController();
      const waitForOutage = async (): Promise<void> => {
        while (Date.now() - lostSince < timing.patience_ms || !isLost) {
          lostSince = isLost ? Math.min(lostSince, Date.now()) : Infinity;
          await pause(100, undefined, { signal: outage.signal });
        }
      };
      await Promise.race([closed, waitForOutage().catch(() => {})]);
      outage.abort();
      await end();
    },
    async giveBack() {
      isEnding = true;
      const given = Promise.allSettled([...held].map(([job, token]) => job.moveToWait(token)));
      await Promise.race([given, pause(timing.patience_ms)]);
      // Without waiting for the groups at work: their results have no claim any more.
      void worker.close(true);
      client.disconnect();
    },
  };
}

/** Waits for files that are not there yet. @throws InputError when they do not turn up. */
async function checkFiles(folder: SharedFolder, job: Held, limit_ms: number): Promise<void> {
  const deadline = Date.now() + limit_ms;
  for (;;) {
    try {
      return await folder.check(job.data.group.files);
    } catch (error) {
      if (!(error instanceof InputError) || Date.now() >= deadline) throw error;
    }
    await pause(Math.min(1000, limit_ms / 4));
  }
}

/**
 * Runs the points that are left. When some fail and may be tried again, the outcomes of the others are kept with the job.
 * @throws Error of the first point that is to be tried again.
 */
async function attempt(runner: GroupRunner, job: Held): Promise<PointOutcome[]> {
  const { group, done } = job.data;
  const outcomes = (await runner.run(group)).map((outcome) =>
    "error" in outcome ? { ...outcome, attempts: job.attemptsMade + outcome.attempts } : outcome,
  );
  const isLast = job.attemptsMade + 1 >= ATTEMPTS;
  const again = outcomes.filter((outcome) => "error" in outcome && outcome.attempts < ATTEMPTS);
  const [first] = again;
  if (isLast || first === undefined || !("error" in first)) return [...done, ...outcomes];
  const ids = new Set(again.map(({ id }) => id));
  await job.updateData({
    group: { ...group, points: group.points.filter(({ id }) => ids.has(id)) },
    done: [...done, ...outcomes.filter(({ id }) => !ids.has(id))],
  });
  throw new Error(first.error);
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replace(/\s*\n\s*/g, " ");
}
