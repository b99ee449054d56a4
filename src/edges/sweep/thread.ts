import { count, countedBy, loadKernels, pointResult, price, record, scoreDevice } from "../../index.ts";
import type { CountResult, DeviceScores, PointOutcome, RecordedWorkload, SimulateRequest } from "../../index.ts";
import { InputFiles } from "../files/readFiles.ts";
import { tableCache } from "../files/tableCache.ts";
import { checkContents, loadNetwork } from "./network.ts";
import type { LoadedNetwork } from "./network.ts";
import type { WorkGroup } from "./plan.ts";
import { RecentlyUsed } from "./recentlyUsed.ts";
import { locateIn } from "./sharedFiles.ts";
import { checkTask } from "./taskForm.ts";
import type { ThreadTask } from "./taskForm.ts";

export interface RecordAnswer {
  /** null where it is too large to be kept. */
  readonly recorded: RecordedWorkload | null;
  readonly took_ms: number;
}
export interface PointsAnswer {
  readonly outcomes: readonly PointOutcome[];
  /** Time that counting took; null when the counts were those of an earlier group. */
  readonly count_ms: number | null;
}

/** Counts of the last groups: those of one device after another are the same. */
const KEPT_COUNTS = 4;

const kernels = await loadKernels();
const networks = new RecentlyUsed<string, LoadedNetwork>(1);
const counts = new RecentlyUsed<string, CountResult>(KEPT_COUNTS);

/** One task of a sweep on this thread. @throws InputError for what is wrong with the task or its network. */
export default async function run(message: ThreadTask): Promise<RecordAnswer | PointsAnswer> {
  const task = checkTask(message);
  const start = performance.now();
  if (task.kind === "record") {
    const recorded = await record(await requestOf(task), task.maxBytes, { kernels });
    return { recorded, took_ms: performance.now() - start };
  }
  const { group, recorded } = task;
  const request = await requestOf(task);
  const countKey = JSON.stringify([networkKey(group), countedBy(request.config)]);
  const hadCounts = counts.has(countKey);
  const counting = performance.now();
  const counted = await counts.getOr(countKey, () =>
    count({ ...request, workload: recorded ?? request.workload }, { kernels }),
  );
  const count_ms = hadCounts ? null : performance.now() - counting;
  const scores = await scoresOf(group, request);
  const shared_ms = (performance.now() - start) / group.points.length;
  const outcomes = group.points.map(({ id, config }): PointOutcome => {
    const priced = performance.now();
    try {
      const result = pointResult(price({ ...request, config }, counted), scores);
      return { id, result, elapsed_ms: shared_ms + performance.now() - priced };
    } catch (error) {
      return { id, error: error instanceof Error ? error.message : String(error), attempts: 1 };
    }
  });
  return { outcomes, count_ms };
}

/** The request of a group's first point; the others differ from it in prices. */
async function requestOf({ group, shared }: ThreadTask): Promise<SimulateRequest> {
  const { network, schemes, seed, points, files } = group;
  const loaded = await networks.getOr(networkKey(group), async () => {
    const read = new InputFiles(shared === undefined ? undefined : locateIn(shared, files));
    const found = await loadNetwork(network, seed, read);
    checkContents(read.files, files);
    return found;
  });
  const { samples, layers } = network;
  return {
    ...loaded,
    ...{ config: points[0]!.config, schemes, seed, verifyWindows: 0 },
    ...(samples === undefined ? {} : { samples }),
    ...(layers === undefined ? {} : { layers }),
  };
}

async function scoresOf({ accuracy }: WorkGroup, request: SimulateRequest): Promise<DeviceScores | null> {
  const { workload } = request;
  if (accuracy === null || workload.kind !== "network" || workload.labels === undefined) return null;
  return scoreDevice({ ...request, workload }, accuracy, { kernels, tables: tableCache() });
}

function networkKey({ network, files, seed }: WorkGroup): string {
  return JSON.stringify([network, files, seed]);
}
