import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { TOOL, inputError } from "../../index.ts";
import type { Config, Report, Sweep, SweepPoint } from "../../index.ts";
import type { SweepPlan } from "./plan.ts";

export const PLAN = "plan.json";

/** What results need of a plan. It stands in the sweep's folder, so that reports and merges need no network files. */
export interface SweepOutline {
  readonly schemaVersion: 1;
  readonly tool: Report["tool"];
  readonly hash: string;
  readonly sweep: Omit<Sweep, "points"> & { readonly points: readonly Omit<SweepPoint, "config">[] };
  readonly files: SweepPlan["files"];
  readonly ids: readonly string[];
  /** What the configurations of all points have in common. */
  readonly base: Readonly<Record<string, unknown>>;
}

export function outlineOf(plan: SweepPlan | SweepOutline): SweepOutline {
  if ("base" in plan) return plan;
  const { sweep, files, ids, hash } = plan;
  const points = sweep.points.map(({ network, settings }) => ({ network, settings }));
  const base = commonOf(sweep.points.map(({ config }) => config));
  return { schemaVersion: 1, tool: TOOL, hash, sweep: { ...sweep, points }, files, ids, base };
}

/** @throws InputError when the folder holds no outline that this version reads. */
export async function readOutline(dir: string): Promise<SweepOutline> {
  const path = join(dir, PLAN);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    throw inputError(path, "the plan of a sweep", (error as Error).message, error);
  }
  let found: Partial<SweepOutline> | null;
  try {
    found = JSON.parse(text) as Partial<SweepOutline> | null;
  } catch (error) {
    throw inputError(path, "the plan of a sweep, as JSON", (error as Error).message, error);
  }
  const isWhole = typeof found?.hash === "string" && found.sweep !== undefined && Array.isArray(found.ids);
  if (found?.schemaVersion !== 1 || !isWhole || found.ids?.length !== found.sweep?.points?.length)
    throw inputError(path, "the plan of a sweep of this version", "something else");
  return found as SweepOutline;
}

/** Keys with the same value in all of them. */
function commonOf(configs: readonly Config[]): Record<string, unknown> {
  const common = (all: readonly Record<string, unknown>[]): Record<string, unknown> => {
    const entries = Object.entries(all[0] ?? {}).flatMap(([key, first]): [string, unknown][] => {
      const values = all.map((one) => one[key]);
      if (values.every(isTree)) {
        const below = common(values as Record<string, unknown>[]);
        return Object.keys(below).length > 0 ? [[key, below]] : [];
      }
      const text = JSON.stringify(first);
      return values.every((value) => JSON.stringify(value) === text) ? [[key, first]] : [];
    });
    return Object.fromEntries(entries);
  };
  return common(configs as readonly Record<string, unknown>[]);
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
