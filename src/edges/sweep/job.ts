import { createHash } from "node:crypto";
import { TOOL } from "../../index.ts";
import type { PointOutcome } from "../../index.ts";
import type { WorkGroup } from "./plan.ts";

/** What a job of the queue carries: a group, its files by sha256 in the shared folder. */
export interface GroupJob {
  /** With the points that are still to be run. */
  readonly group: WorkGroup;
  /** Of the other points: what an earlier attempt came to. */
  readonly done: readonly PointOutcome[];
}

/** Attempts of a group before its points are reported as failed. */
export const ATTEMPTS = 3;
/** Of a group whose workers die again and again: it may be the group that kills them. */
export const MAX_LOST_WORKERS = 10;

/** Keys of redis; workers of another version neither see these jobs nor answer them with other results. */
export const QUEUE_PREFIX = "sre";
export const QUEUE_NAME = `sweep-groups-${TOOL.version}`;

/** Common start of the ids of a sweep's jobs. */
export function idPrefix(sweepHash: string): string {
  return `${digest(sweepHash)}-`;
}

/** The same group of the same sweep is the same job, however often it is added. */
export function jobIdOf(sweepHash: string, group: WorkGroup): string {
  return idPrefix(sweepHash) + digest(JSON.stringify([group.key, group.points.map(({ id }) => id)]));
}

/** What messages call a group. */
export function describeGroup({ key, network, points }: WorkGroup): string {
  return `group ${key.slice(0, 8)} (${network.name}, ${points.length} ${points.length === 1 ? "point" : "points"})`;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
