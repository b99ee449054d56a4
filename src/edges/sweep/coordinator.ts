import { setTimeout as pause } from "node:timers/promises";
import type { Queue, QueueEvents } from "bullmq";
import { inputError } from "../../index.ts";
import type { PointOutcome } from "../../index.ts";
import { ATTEMPTS, MAX_LOST_WORKERS, QUEUE_NAME, QUEUE_PREFIX, idPrefix, jobIdOf } from "./job.ts";
import type { GroupJob } from "./job.ts";
import type { WorkGroup } from "./plan.ts";
import { isConnectionError, watchConnection } from "./redis.ts";
import type { RedisConnection } from "./redis.ts";

/** What happens to the queue, for those who watch. */
export type QueueState =
  | { readonly kind: "connected"; readonly place: string }
  | { readonly kind: "lost"; readonly place: string }
  /** Told when it changes. */
  | { readonly kind: "workers"; readonly count: number }
  /** Groups that the server has forgotten, in a crash. */
  | { readonly kind: "again"; readonly groups: number };

export interface QueueOptions {
  /** `redis://…` or `rediss://…`. */
  readonly url: string;
  /** Folder for the input files, which all workers reach; needed as soon as a group has files. */
  readonly shared?: string | undefined;
  readonly sweepHash: string;
  readonly signal?: AbortSignal | undefined;
  readonly onState?: ((state: QueueState) => void) | undefined;
  readonly timing?: Partial<typeof QUEUE_TIMING> | undefined;
}

export const QUEUE_TIMING = {
  /** For the server to answer at the start. */
  patience_ms: 5000,
  /** Between comparisons of what the server holds with what it should. */
  reconcile_ms: 4000,
  /** Before the second attempt; twice that before the third. */
  backoff_ms: 1000,
  /** Groups that the server holds at a time. */
  window: 1000,
};

const KEEP_SECONDS = 7 * 24 * 3600;
const CLOSE_LIMIT_MS = 1000;
const CLEAR_LIMIT_MS = 5000;
const CLEAR_PAUSE_MS = 100;
/** During an outage, a wait that has begun ends a second after this and keeps the process alive until then. */
const EVENT_WAIT_MS = 1000;
const UNFINISHED = ["wait", "active", "delayed", "prioritized"] as const;
const FINISHED = ["completed", "failed"] as const;

/** Gives the groups of one sweep to the server, and takes their outcomes from it. */
export class Coordinator {
  private readonly queue: Queue<GroupJob, PointOutcome[]>;
  private readonly events: QueueEvents;
  private readonly prefix: string;
  /** Groups without outcomes, by the id of their job. */
  private readonly pending: Map<string, WorkGroup>;
  /** Not yet given to the server. */
  private readonly unsent: string[];
  /** That the server has confirmed. */
  private readonly sent = new Set<string>();
  /** Finished, by what the server said, in that order. */
  private readonly ready = new Set<string>();
  private readonly taken = new Set<string>();
  private wake = (): void => {};
  private fail!: (error: unknown) => void;
  private readonly failed: Promise<never>;
  private readonly timer: NodeJS.Timeout;
  private reconciling: Promise<void> | undefined;
  private reconcileAgain = false;
  private isFirst = true;
  /** Groups that were taken and that the server had again at the last comparison, unfinished. */
  private broughtBack = 0;
  private isClosed = false;
  private workers: number | undefined;

  constructor(
    groups: readonly WorkGroup[],
    private readonly connection: RedisConnection,
    private readonly options: QueueOptions,
    private readonly timing: typeof QUEUE_TIMING,
  ) {
    const { client, bullmq, place } = connection;
    const { sweepHash, signal, onState } = options;
    this.prefix = idPrefix(sweepHash);
    this.pending = new Map(groups.map((group) => [jobIdOf(sweepHash, group), group]));
    if (this.pending.size !== groups.length) throw new Error("two groups of a sweep are the same");
    this.unsent = [...this.pending.keys()];
    this.failed = new Promise((_, reject) => (this.fail = reject));
    this.failed.catch(() => {});
    signal?.addEventListener("abort", this.onAbort);
    this.queue = new bullmq.Queue(QUEUE_NAME, { connection: client, prefix: QUEUE_PREFIX });
    this.events = new bullmq.QueueEvents(QUEUE_NAME, {
      connection: client,
      prefix: QUEUE_PREFIX,
      blockingTimeout: EVENT_WAIT_MS,
    });
    // Outages end by themselves; what else is wrong shows in the next comparison.
    this.queue.on("error", () => {});
    this.events.on("error", () => {});
    const finished = ({ jobId }: { jobId: string }): void => this.offer(jobId);
    this.events.on("completed", finished);
    this.events.on("failed", finished);
    onState?.({ kind: "connected", place });
    watchConnection(
      client,
      () => this.isClosed || onState?.({ kind: "lost", place }),
      () => {
        if (this.isClosed) return;
        onState?.({ kind: "connected", place });
        void this.reconcile();
      },
    );
    this.timer = setInterval(() => void this.reconcile(), timing.reconcile_ms);
  }

  async *outcomes(): AsyncGenerator<PointOutcome[], void, undefined> {
    // An earlier call may have left finished jobs.
    await this.orFailure(this.reconcile());
    while (this.pending.size > 0) {
      await this.fill();
      const id = await this.next();
      const outcomes = await this.orFailure(this.take(id));
      if (outcomes === undefined) continue;
      this.pending.delete(id);
      this.sent.delete(id);
      yield outcomes;
      this.taken.add(id);
      await this.orFailure(this.remove(id));
    }
    await this.orFailure(this.clear());
  }

  async close(): Promise<void> {
    this.isClosed = true;
    clearInterval(this.timer);
    this.options.signal?.removeEventListener("abort", this.onAbort);
    // During an outage closing would wait for its end.
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => (timer = setTimeout(resolve, CLOSE_LIMIT_MS)));
    await Promise.race([Promise.allSettled([this.events.close(), this.queue.close()]), limit]);
    clearTimeout(timer);
  }

  private readonly onAbort = (): void => this.fail(this.options.signal?.reason);

  private orFailure<T>(work: Promise<T>): Promise<T> {
    return Promise.race([work, this.failed]);
  }

  private offer(id: string): void {
    if (!this.pending.has(id)) return;
    this.ready.add(id);
    this.wake();
  }

  private async next(): Promise<string> {
    for (;;) {
      const [id] = this.ready;
      if (id !== undefined) {
        this.ready.delete(id);
        return id;
      }
      await this.orFailure(new Promise<void>((resolve) => (this.wake = resolve)));
    }
  }

  /** Gives groups to the server, up to the window. */
  private async fill(): Promise<void> {
    const room = this.timing.window - (this.pending.size - this.unsent.length);
    const ids = room > 0 ? this.unsent.splice(0, room) : [];
    await this.orFailure(Promise.all(ids.map((id) => this.add(id))));
  }

  private async add(id: string): Promise<void> {
    const group = this.pending.get(id);
    if (group === undefined) return;
    try {
      await this.queue.add(
        "group",
        { group, done: [] },
        {
          jobId: id,
          attempts: ATTEMPTS,
          backoff: { type: "exponential", delay: this.timing.backoff_ms },
          stackTraceLimit: 1,
          // Taken and removed long before, unless nobody comes back for them.
          removeOnComplete: { age: KEEP_SECONDS },
          removeOnFail: { age: KEEP_SECONDS },
        },
      );
    } catch (error) {
      this.refuse(error);
    }
    if (this.pending.has(id)) this.sent.add(id);
  }

  /** Outcomes of a finished group; undefined when the server has lost that it is finished. */
  private async take(id: string): Promise<PointOutcome[] | undefined> {
    try {
      const state = await this.queue.getJobState(id);
      if (state !== "completed" && state !== "failed") return undefined;
      const job = await this.queue.getJob(id);
      const group = this.pending.get(id);
      if (!job || !group) return undefined;
      const found = state === "completed" ? job.returnvalue : job.data.done;
      const error = state === "completed" ? "the worker left this point out" : reasonOf(job.failedReason);
      const attempts = Math.max(job.attemptsMade, 1);
      const byId = new Map((Array.isArray(found) ? found : []).map((outcome) => [outcome.id, outcome]));
      return group.points.map(({ id }) => byId.get(id) ?? { id, error, attempts });
    } catch (error) {
      this.refuse(error);
      return undefined;
    }
  }

  private async remove(id: string): Promise<void> {
    try {
      await this.queue.remove(id);
    } catch (error) {
      // A worker may be at it again, after a crash of the server: the next comparison finds it.
      if (!/lock/i.test(String(error))) this.refuse(error);
    }
  }

  /** Removes what a crash brought back of groups that were taken; a worker may be at one of them for a while. */
  private async clear(): Promise<void> {
    const deadline = Date.now() + CLEAR_LIMIT_MS;
    do await this.reconcile();
    while (this.broughtBack > 0 && Date.now() < deadline && (await pause(CLEAR_PAUSE_MS, true)));
  }

  /** Compares what the server holds with what it should; one comparison at a time. */
  private reconcile(): Promise<void> {
    if (this.reconciling) {
      this.reconcileAgain = true;
      return this.reconciling;
    }
    const compare = async (): Promise<void> => {
      do {
        this.reconcileAgain = false;
        try {
          await this.compare();
        } catch (error) {
          this.refuse(error);
        }
      } while (this.reconcileAgain && !this.isClosed);
    };
    this.reconciling = compare().finally(() => (this.reconciling = undefined));
    return this.reconciling;
  }

  private async compare(): Promise<void> {
    const confirmed = [...this.sent];
    // In this order: a job that ends in between is in the second list.
    const unfinished = await this.queue.getRanges([...UNFINISHED], 0, -1);
    const finished = await this.queue.getRanges([...FINISHED], 0, -1, true);
    for (const id of finished) {
      if (!id.startsWith(this.prefix)) continue;
      const isLeftOver = this.isFirst && !this.pending.has(id);
      if (isLeftOver || this.taken.has(id)) await this.remove(id);
      else this.offer(id);
    }
    this.isFirst = false;
    // A crash may bring back what was taken and removed.
    const again = unfinished.filter((id) => this.taken.has(id));
    for (const id of again) await this.remove(id);
    this.broughtBack = again.length;
    const known = new Set([...unfinished, ...finished]);
    const lost = confirmed.filter((id) => this.pending.has(id) && !known.has(id));
    // What is left of a lost job would keep a new one out.
    for (const id of lost) await this.remove(id);
    await Promise.all(lost.map((id) => this.add(id)));
    if (lost.length > 0) this.options.onState?.({ kind: "again", groups: lost.length });
    await this.countWorkers();
  }

  private async countWorkers(): Promise<void> {
    // Not every user of a server may ask for its clients.
    const count = await this.queue.getWorkersCount().catch(() => undefined);
    if (count === undefined) return;
    if (count !== this.workers && !this.isClosed) this.options.onState?.({ kind: "workers", count });
    this.workers = count;
  }

  /** Ends the sweep for what the server says; an outage is waited for. */
  private refuse(error: unknown): void {
    if (this.isClosed || isConnectionError(error)) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.fail(inputError(`--redis ${this.connection.place}`, "a Redis server that takes the sweep", reason, error));
  }
}

function reasonOf(failedReason: string | undefined): string {
  if (failedReason === undefined || failedReason === "") return "no reason given";
  return /stalled more than/.test(failedReason) ? `its worker was lost ${MAX_LOST_WORKERS + 1} times` : failedReason;
}
