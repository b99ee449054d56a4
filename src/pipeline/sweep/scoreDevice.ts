import { DISTURBED_SCHEMES } from "../../model/ir/accuracy.ts";
import type { NetworkWorkload, SimulateRequest } from "../../model/ir/request.ts";
import type { SweepAccuracy } from "../../model/ir/sweep.ts";
import { withTrials } from "../accuracy.ts";
import type { AccuracyOptions } from "../accuracy.ts";
import { pointKey, trialsOf } from "../accuracy/points.ts";
import { spreadOf } from "../accuracy/report.ts";
import type { DeviceScores } from "./pointResult.ts";

/** Accuracy that the configured device leaves at the configured OU, under the schemes of a request that it disturbs. */
export function scoreDevice(
  request: SimulateRequest & { readonly workload: NetworkWorkload },
  { chips, engine, samples = request.samples }: SweepAccuracy,
  options: AccuracyOptions = {},
): Promise<DeviceScores> {
  const { workload, config, source, seed } = request;
  const device = config.device.model;
  const asked = {
    ...{ workload, config, source, seed, chips, engine, devices: [device], openWordlines: [config.ou.rows] },
    ...{ schemes: DISTURBED_SCHEMES.filter((scheme) => request.schemes.includes(scheme)), maxLossRatio: 0 },
    ...(samples === undefined ? {} : { samples }),
  };
  return withTrials(asked, options, ({ devices, baselines, results }) => {
    const spreads = trialsOf(asked).map(([scheme, openWordlines]) => {
      const trials = results.get(pointKey({ device: devices[0]!.name, scheme, openWordlines }))!;
      return [scheme, spreadOf(trials.map(({ top1 }) => top1))] as const;
    });
    return { float: baselines.float.top1, integer: baselines.integer.top1, schemes: Object.fromEntries(spreads) };
  });
}
