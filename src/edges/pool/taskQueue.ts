/** Jobs that a worker holds: the one at work, and the next, so that it need not wait for this thread. */
const JOBS_PER_WORKER = 2;

/** What a job is rejected with that was dropped. */
export class Dropped extends Error {
  constructor(readonly reason: unknown) {
    super("dropped before anybody began it");
  }
}

interface Waiting<Job, Result> {
  readonly job: Job;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Deals jobs out to some workers and to the calling thread, which works with them: woken together on few processors,
 * threads wait for one another, and a caller that only waits leaves its own processor idle.
 */
export class TaskQueue<Job, Result> {
  private readonly waiting: Waiting<Job, Result>[] = [];
  private posted = 0;
  private isPumping = false;

  constructor(
    private readonly workerCount: number,
    private readonly post: (job: Job) => Promise<Result>,
    private readonly runHere: (job: Job) => Result,
    /** Lets other work of this thread go first; browsers have another way. */
    private readonly soon: (work: () => void) => void = setImmediate,
  ) {}

  run(job: Job): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ job, resolve, reject });
      this.pump();
    });
  }

  /** Rejects the jobs that nobody has begun, as Dropped. */
  drop(reason: unknown): void {
    for (const { reject } of this.waiting.splice(0)) reject(new Dropped(reason));
  }

  /** Once all jobs of a layer are there: one for each worker, a second one where enough are left, and one for this thread. */
  private pump(): void {
    if (this.isPumping) return;
    this.isPumping = true;
    this.soon(() => {
      this.isPumping = false;
      for (let perWorker = 1; perWorker <= JOBS_PER_WORKER; perWorker++) {
        const kept = perWorker === 1 ? 0 : 1;
        while (this.posted < perWorker * this.workerCount && this.waiting.length > kept)
          this.send(this.waiting.shift()!);
      }
      const own = this.waiting.shift();
      if (own === undefined) return;
      try {
        own.resolve(this.runHere(own.job));
      } catch (error) {
        own.reject(error);
      }
      if (this.waiting.length > 0) this.pump();
    });
  }

  private send({ job, resolve, reject }: Waiting<Job, Result>): void {
    this.posted++;
    this.post(job)
      .finally(() => {
        this.posted--;
        if (this.waiting.length > 0) this.pump();
      })
      .then(resolve, reject);
  }
}
