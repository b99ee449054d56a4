import { formatDuration } from "../format.ts";
import type { SharedWork } from "./localRunner.ts";

/** Time that would have gone into what points shared, had each made its own: about, from the mean of what was made. */
export function saved_s({ points, preparations, preparing_ms, counts, counting_ms }: SharedWork): number {
  const spared = (made: number, took_ms: number): number =>
    made === 0 ? 0 : ((points - made) * took_ms) / made / 1000;
  return spared(preparations, preparing_ms) + spared(counts, counting_ms);
}

/** What points shared, in a sentence. */
export function describeSavedWork(shared: SharedWork): string {
  const { points, preparations, counts } = shared;
  return (
    `${plural(points, "point")} run from ${plural(preparations, "quantised workload")} and ${plural(counts, "count")}: ` +
    `${formatDuration(saved_s(shared))} of work saved`
  );
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
