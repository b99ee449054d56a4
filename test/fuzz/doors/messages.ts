import {
  SharedMemory,
  instantiateOnSharedMemory,
  parseConfig,
  readWasm,
  runTask,
  simulate,
} from "../../../src/index.ts";
import type { Executor, WindowTask } from "../../../src/index.ts";
import { queueExecutor } from "../../../src/edges/pool/queueExecutor.ts";
import type { PoolJob, PoolResult } from "../../../src/edges/pool/queueExecutor.ts";
import { TaskQueue } from "../../../src/edges/pool/taskQueue.ts";
import type { ThreadTask } from "../../../src/edges/sweep/taskForm.ts";
import runSweepTask from "../../../src/edges/sweep/thread.ts";
import type { Random } from "../../helpers/random.ts";
import { matrixWorkload } from "../../helpers/workload.ts";
import { copyOf, mutateInType, mutateShape } from "../mutate/values.ts";
import { holds, isArgumentError, isFaultLine, isInputError } from "./door.ts";
import type { Door } from "./door.ts";

const config = parseConfig(
  [],
  [
    "crossbar.rows=32",
    "crossbar.cols=32",
    "ou.rows=4",
    "ou.cols=4",
    "precision.weightBits=6",
    "precision.activationBits=5",
  ],
);
const weights = Array.from({ length: 40 }, (_, row) =>
  Array.from({ length: 7 }, (_, col) => ((row * 7 + col * 5) % 9 < 5 ? 0 : ((row * col) % 40) - 20)),
);
const activations = Array.from({ length: 6 }, (_, window) =>
  Array.from({ length: 40 }, (_, row) => ((window + 1) * row) % 32),
);
const request = {
  workload: matrixWorkload({ weights, activations }),
  config,
  source: { source: "test", sha256: "" },
  ...{ schemes: ["naive", "orc", "dof", "orc-dof"] as const, seed: 0, verifyWindows: 3, outputsOf: "orc-dof" as const },
};

/** Every task that a run of the request gives its threads. */
async function recordedJobs(): Promise<PoolJob[]> {
  const jobs: PoolJob[] = [];
  const kernels = await (await import("../../../src/index.ts")).loadKernels();
  const executor: Executor = {
    threads: 1,
    share: (values) => values,
    mark: () => () => {},
    async run(task, windows) {
      jobs.push(copyOf({ task: task as WindowTask, windows }));
      return runTask(kernels, task, windows);
    },
  };
  await simulate(request, { kernels, executor });
  return jobs;
}

const jobs = await recordedJobs();
const shared = new SharedMemory({
  threadCount: 1,
  scratchBytes: 2 ** 24,
  initialBytes: 2 ** 16,
  maximumBytes: 2 ** 20,
});
const { start, end } = shared.region(0);
const kernels = await instantiateOnSharedMemory(
  await WebAssembly.compile(await readWasm("worker")),
  shared.memory,
  start,
  end,
);
/** A pool whose only thread is this one. */
const pool = queueExecutor(
  1,
  shared,
  new TaskQueue<PoolJob, PoolResult>(
    0,
    () => Promise.reject(new Error("no other thread")),
    ({ task, windows }) => runTask(kernels, task, windows),
  ),
);

/** Tasks of the pool: windows of a layer to count, to execute or to multiply. */
export const tasks: Door<PoolJob> = {
  name: "tasks",
  weight: 2,
  make: (random) => mutateMessage(random.pick(jobs), random),
  async run({ task, windows }) {
    const result = await pool.run(task, windows, "conv1");
    const numbers = numbersIn(result);
    holds(
      numbers.every((value) => Number.isSafeInteger(value)),
      `${task.kind}: sums that are no integers`,
    );
  },
  isRefusal: (error) =>
    error instanceof Error &&
    isFaultLine(error.message.replace(/^layer conv1: a worker failed: /, "")) &&
    isTagged(error.cause),
};

function isTagged(cause: unknown): boolean {
  return isArgumentError(cause) || isInputError(cause);
}

function numbersIn(value: unknown): number[] {
  if (typeof value === "number") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

const sweepTasks: readonly ThreadTask[] = (["record", "points"] as const).map((kind) => ({
  kind,
  group: {
    ...{ key: "k", files: [], schemes: ["naive", "orc-dof"] as const, seed: 0, accuracy: null },
    network: { name: "zoo:lenet5", input: "zoo:lenet5", samples: 1, layers: ["conv1"] },
    points: [
      { id: "a", config },
      { id: "b", config: parseConfig([], ["ou.rows=8"]) },
    ],
  },
  shared: undefined,
  maxBytes: 2 ** 22,
  recorded: null,
})) as unknown as ThreadTask[];

/** Many samples are no fault, but take their time. */
const MOST_SAMPLES = 100;

/** Tasks of a sweep's threads: a group of points, or a workload to record. */
export const sweepThread: Door<ThreadTask> = {
  name: "sweep-tasks",
  weight: 0.5,
  make(random) {
    const task = mutateMessage(random.pick(sweepTasks), random);
    const network = task.group?.network;
    if (!(Number(network?.samples) > MOST_SAMPLES)) return task;
    return { ...task, group: { ...task.group, network: { ...network, samples: MOST_SAMPLES } } };
  },
  async run(task) {
    const answer = await runSweepTask(task);
    if (!("outcomes" in answer)) return;
    holds(answer.outcomes.length === task.group.points.length, `${answer.outcomes.length} outcomes`);
    for (const outcome of answer.outcomes) {
      if ("error" in outcome) holds(isFaultLine(outcome.error), outcome.error);
      else
        holds(
          Object.values(numbersIn(outcome.result)).every((value) => !Number.isNaN(value)),
          "a result that is no number",
        );
    }
  },
  // The task gave no path.
  isRefusal: (error) => isInputError(error) || isArgumentError(error) || /^: expected /.test((error as Error).message),
};

/** Mostly of the right types: what a bug of the sender does. Else anything that can be cloned. */
function mutateMessage<T extends object>(message: T, random: Random): T {
  return random.chance(0.7) ? mutateInType(message, random) : mutateShape(message, random);
}
