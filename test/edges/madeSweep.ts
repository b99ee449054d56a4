import { createHash } from "node:crypto";
import { parseConfig } from "../../src/index.ts";
import type { PointOutcome, Scheme, SchemeResult, Setting, SweepPoint } from "../../src/index.ts";
import type { SweepPlan } from "../../src/edges/sweep/plan.ts";

const SCHEMES: readonly Scheme[] = ["naive", "recom", "orc", "dof", "orc-dof"];
export const sha = (text: string): string => createHash("sha256").update(text).digest("hex");

export interface Made {
  readonly networks?: readonly string[];
  readonly axes?: Readonly<Record<string, readonly Setting[]>>;
  readonly schemes?: readonly Scheme[];
  readonly hasAccuracy?: boolean;
  /** In place of the contents of the networks' files. */
  readonly content?: string;
}

/** A sweep without networks: its points have names, settings and ids. */
export function madePlan({
  networks = ["lenet5", "zoo:vgg16"],
  axes = { "ou.rows": [8, 16], "sparsity.indexBits": [4, "unlimited"], "adc.bits": ["auto", 3] },
  schemes = SCHEMES,
  hasAccuracy = true,
  content = "weights",
}: Made = {}): SweepPlan {
  const paths = Object.keys(axes);
  let grid: Record<string, Setting>[] = [{}];
  for (const path of paths)
    grid = grid.flatMap((settings) => axes[path]!.map((value) => ({ ...settings, [path]: value })));
  const config = parseConfig([], ["ou.cols=8"]);
  const points = networks.flatMap((network) => grid.map((settings): SweepPoint => ({ network, settings, config })));
  const files = networks.map((name) =>
    name.startsWith("zoo:")
      ? []
      : [{ role: "input", path: `nets/${name}.onnx`, sha256: sha(`${content} of ${name}`), bytes: 7 }],
  );
  const ids = points.map(({ network, settings }) => sha(JSON.stringify([content, network, settings])));
  const sweep = {
    name: "made <up> & more",
    seed: 3,
    schemes,
    accuracy: hasAccuracy ? { chips: 4, engine: "cells" as const } : null,
    networks: networks.map((name) => ({ name, input: name.startsWith("zoo:") ? name : `${name}.onnx` })),
    axes: paths.map((path) => ({ path, values: axes[path]! })),
    points,
  };
  return { sweep, networks: sweep.networks, files, ids, hash: sha(JSON.stringify([ids, schemes, hasAccuracy])) };
}

/** A result for each point that depends on the point alone; `time` does not matter. */
export function madeOutcomes(plan: SweepPlan, time = 1): PointOutcome[] {
  return plan.sweep.points.map((point, index) => madeOutcome(plan, point, plan.ids[index]!, time + index));
}

function madeOutcome({ sweep }: SweepPlan, { network, settings }: SweepPoint, id: string, time: number): PointOutcome {
  const draw = drawsOf(id);
  const size = 1e5 * (1 + sweep.networks.findIndex(({ name }) => name === network)) ** 2;
  const effort = Object.values(settings).reduce<number>(
    (product, value) => product * (typeof value === "number" ? Math.sqrt(value) : 2),
    1,
  );
  const hasLabels = sweep.accuracy !== null && !network.startsWith("zoo:");
  const schemes = sweep.schemes.map((scheme, place): [Scheme, SchemeResult] => {
    const speedup = scheme === "naive" ? 1 : 1 + place * (0.5 + draw()) * Math.log2(1 + effort);
    const busyTime_ns = (size * 20 * (0.8 + 0.4 * draw())) / speedup / Math.sqrt(effort);
    return [
      scheme,
      {
        ouOps: Math.round(size / speedup),
        latencyCycles: Math.round(busyTime_ns / 10),
        busyTime_ns,
        latency_ns: busyTime_ns * (0.5 + draw()),
        pipelined_ns: draw() < 0.2 ? null : busyTime_ns / 100,
        energy_pJ: size * (0.5 + draw()) * Math.sqrt(effort) * (1 + 3 / speedup),
        speedup,
        latencySpeedup: speedup * 0.9,
        energySavingRatio: 1 - 1 / speedup,
        crossbars: 10 + Math.round(200 * draw()),
        area_mm2: (1 + 3 * draw()) * (scheme === "orc" ? 0.7 : 1),
        top1_mean: hasLabels && scheme !== "recom" ? Math.max(0.1, 0.99 - 0.02 * effort * draw()) : null,
        top1_std: hasLabels && scheme !== "recom" ? 0.01 * draw() : null,
      },
    ];
  });
  const result = {
    samples: 10,
    adcBits: 4,
    indexBits: 5,
    float: hasLabels ? 0.99 : null,
    integer: hasLabels ? 0.98 : null,
    schemes: Object.fromEntries(schemes),
  };
  return { id, result, elapsed_ms: time };
}

/** Numbers in 0…1 that the text decides. */
function drawsOf(text: string): () => number {
  let count = 0;
  return () => parseInt(sha(`${text} ${count++}`).slice(0, 8), 16) / 2 ** 32;
}
