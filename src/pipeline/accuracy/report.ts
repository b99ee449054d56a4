import { adcBits } from "../../model/arch/adc.ts";
import { assumptions } from "../../model/arch/assumptions.ts";
import type { ResolvedDevice } from "../../model/arch/device.ts";
import { sum } from "../../model/base/numbers.ts";
import { markPareto } from "../../model/base/pareto.ts";
import type {
  AccuracyPoint,
  AccuracyReport,
  AccuracyRequest,
  LargestOu,
  LayerErrorReport,
  OuCosts,
  Spread,
  TrialResult,
} from "../../model/ir/accuracy.ts";
import type { CalibratedNetwork } from "../calibration.ts";
import { TOOL } from "../tool.ts";
import type { Baselines } from "./baselines.ts";
import { senseConfig } from "./chip.ts";
import { staysWithin } from "./loss.ts";
import { pointKey, trialsOf } from "./points.ts";

/** Points of every device, scheme and OU height, with their cost beside them. */
export function accuracyReport(
  request: AccuracyRequest,
  devices: readonly ResolvedDevice[],
  { network, sampleCount }: CalibratedNetwork,
  { float, integer, classCount }: Baselines,
  results: ReadonlyMap<string, readonly TrialResult[]>,
  costs: readonly OuCosts[],
): AccuracyReport {
  const { config, seed, engine, chips, maxLossRatio, workload, source } = request;
  const points = devices.flatMap(({ name: device }) =>
    markFront(
      trialsOf(request).map(([scheme, openWordlines]) => {
        const trials = results.get(pointKey({ device, scheme, openWordlines }))!;
        const top1 = spreadOf(trials.map((trial) => trial.top1));
        const top5s = trials.flatMap((trial) => trial.top5 ?? []);
        return {
          ...{ device, scheme, openWordlines },
          adcBits: adcBits(senseConfig(scheme, openWordlines, config)),
          top1,
          top5: top5s.length === trials.length ? spreadOf(top5s) : null,
          holds: staysWithin(maxLossRatio, top1.mean, float.top1),
          cost: costs.find((cost) => cost.openWordlines === openWordlines)!.costs[scheme]!,
          layers: trials[0]!.layers.map((_, index) => layerErrors(trials, index)),
        };
      }),
    ),
  );
  return {
    schemaVersion: 1,
    tool: TOOL,
    synthetic: workload.syntheticInputsSeed !== undefined,
    seed,
    network: { name: workload.name, ...source },
    config,
    assumptions: assumptions.map(({ id }) => id),
    engine,
    samples: sampleCount,
    classes: classCount,
    chips,
    maxLossRatio,
    devices,
    float,
    integer,
    points,
    largestOu: largestOus(points, maxLossRatio),
    skipped: network.skipped.map(({ name, op, reason }) => ({ name, op, reason })),
  };
}

/** Standard deviation of a sample; 0 of one value. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = sum(values) / values.length;
  const squares = sum(values.map((value) => (value - mean) ** 2));
  const std = values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
  return { mean, std, min: Math.min(...values), max: Math.max(...values) };
}

/** Over all chips. */
function layerErrors(trials: readonly TrialResult[], index: number): LayerErrorReport {
  const total = (
    field: "readCount" | "misreadCount" | "errorSum" | "squaredErrorSum" | "signalEnergy" | "noiseEnergy",
  ) => sum(trials.map(({ layers }) => layers[index]![field]));
  const reads = total("readCount");
  const perRead = (errors: number): number => (reads === 0 ? 0 : errors / reads);
  const noise = total("noiseEnergy");
  return {
    name: trials[0]!.layers[index]!.name,
    reads,
    misreadRatio: perRead(total("misreadCount")),
    bias_codes: perRead(total("errorSum")),
    rms_codes: Math.sqrt(perRead(total("squaredErrorSum"))),
    snr_dB: noise === 0 ? null : 10 * Math.log10(total("signalEnergy") / noise),
  };
}

type UnmarkedPoint = Omit<AccuracyPoint, "isPareto">;

/** Marks the points that no other one beats in accuracy, time and energy together. */
function markFront(points: readonly UnmarkedPoint[]): AccuracyPoint[] {
  const isFront = markPareto(points.map(({ top1, cost }) => [-top1.mean, cost.busyTime_ns, cost.energy_pJ]));
  return points.map((point, index) => ({ ...point, isPareto: isFront[index]! }));
}

/** The largest OU height that holds together with every smaller one tried. */
function largestOus(points: readonly AccuracyPoint[], maxLossRatio: number): LargestOu[] {
  const pairs = new Map(points.map(({ device, scheme }) => [`${device} ${scheme}`, { device, scheme }]));
  return [...pairs.values()].map(({ device, scheme }) => {
    const own = points
      .filter((point) => point.device === device && point.scheme === scheme)
      .sort((a, b) => a.openWordlines - b.openWordlines);
    const firstLoss = own.findIndex(({ holds }) => !holds);
    const best = (firstLoss < 0 ? own : own.slice(0, firstLoss)).at(-1);
    const loss = `${(maxLossRatio * 100).toPrecision(2)} %`;
    const sentence =
      best === undefined
        ? `${device}, ${scheme}: no OU height tried stays within ${loss} of the float accuracy`
        : `${device}, ${scheme}: up to ${best.openWordlines} open wordlines stay within ${loss} of the float accuracy` +
          ` (${(best.top1.mean * 100).toFixed(1)} %, ${best.cost.speedup.toPrecision(3)}x naive at the configured OU,` +
          ` ADC of ${best.adcBits} bits)`;
    return { device, scheme, openWordlines: best?.openWordlines ?? null, sentence };
  });
}
