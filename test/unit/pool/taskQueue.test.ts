import { describe, expect, test } from "vitest";
import { Dropped, TaskQueue } from "../../../src/edges/pool/taskQueue.ts";

/** Jobs 0 … count-1 at once through a queue whose workers take a few turns of the event loop for each. */
async function runJobs(count: number, workerCount: number, failing: ReadonlySet<number> = new Set()) {
  const posted: number[] = [];
  const ranHere: number[] = [];
  let held = 0;
  let mostHeld = 0;
  const post = async (job: number): Promise<string> => {
    posted.push(job);
    mostHeld = Math.max(mostHeld, ++held);
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    held--;
    if (failing.has(job)) throw new Error(`worker: ${job}`);
    return `worker: ${job}`;
  };
  const runHere = (job: number): string => {
    ranHere.push(job);
    if (failing.has(job)) throw new Error(`here: ${job}`);
    return `here: ${job}`;
  };
  const queue = new TaskQueue(workerCount, post, runHere);
  const outcomes = await Promise.allSettled(Array.from({ length: count }, (_, job) => queue.run(job)));
  return { queue, outcomes, posted, ranHere, mostHeld };
}

const inOrder = (jobs: readonly number[]): number[] => [...jobs].sort((a, b) => a - b);

describe("task queue", () => {
  test.each([
    [1, 1],
    [2, 1],
    [3, 1],
    [40, 1],
    [40, 3],
    [5, 7],
    [6, 0],
  ])("runs each of %i jobs once on %i workers and this thread, and answers its caller", async (count, workerCount) => {
    const { outcomes, posted, ranHere } = await runJobs(count, workerCount);
    expect(inOrder([...posted, ...ranHere])).toEqual(Array.from({ length: count }, (_, job) => job));
    const here = new Set(ranHere);
    expect(outcomes).toEqual(
      outcomes.map((_, job) => ({ status: "fulfilled", value: `${here.has(job) ? "here" : "worker"}: ${job}` })),
    );
  });

  test("a worker gets the first job, this thread works with it, and no worker holds more than two", async () => {
    const { posted, ranHere, mostHeld } = await runJobs(40, 3);
    expect(posted[0]).toBe(0);
    expect(ranHere.length).toBeGreaterThan(0);
    expect(mostHeld).toBe(6);
    expect((await runJobs(1, 1)).ranHere).toEqual([]);
    // Two jobs, one worker: the second one is not left to wait behind the first.
    expect((await runJobs(2, 1)).ranHere).toEqual([1]);
  });

  test("what fails on a worker or here fails for its caller alone", async () => {
    const all = new Set(Array.from({ length: 40 }, (_, job) => job));
    const { posted, ranHere } = await runJobs(40, 2);
    for (const failing of [new Set(posted.slice(0, 3)), new Set(ranHere.slice(0, 3)), all]) {
      const { outcomes, queue, ...where } = await runJobs(40, 2, failing);
      const here = new Set(where.ranHere);
      outcomes.forEach((outcome, job) => {
        const text = `${here.has(job) ? "here" : "worker"}: ${job}`;
        expect(outcome).toEqual(
          failing.has(job) ? { status: "rejected", reason: new Error(text) } : { status: "fulfilled", value: text },
        );
      });
      // The places of those that failed are free again.
      await expect(queue.run(99)).resolves.toBe("worker: 99");
    }
  });

  test("jobs that nobody has begun can be dropped, and the queue goes on", async () => {
    const begun: number[] = [];
    const work = (job: number): number => (begun.push(job), job);
    const queue = new TaskQueue(1, async (job: number) => work(job), work);
    const outcomes = Promise.allSettled([1, 2, 3].map((job) => queue.run(job)));
    queue.drop(new Error("stop"));
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ status: "rejected", reason: { reason: new Error("stop") } });
      expect((outcome as PromiseRejectedResult).reason).toBeInstanceOf(Dropped);
    }
    expect(begun).toEqual([]);
    await expect(queue.run(4)).resolves.toBe(4);
  });
});
