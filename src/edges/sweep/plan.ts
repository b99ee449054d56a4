import type { Config, Scheme, Sweep, SweepAccuracy, SweepNetwork } from "../../index.ts";
import type { InputFile } from "../files/readFiles.ts";

/** A sweep with the contents of its files: every point has its id. */
export interface SweepPlan {
  readonly sweep: Sweep;
  /** Networks with the paths of their files as this process finds them. */
  readonly networks: readonly SweepNetwork[];
  /** Files of each network, data beside ONNX models among them, in the order of `sweep.networks`. */
  readonly files: readonly (readonly InputFile[])[];
  /** Of each point, in the order of `sweep.points`: hash of all that its result depends on. */
  readonly ids: readonly string[];
  /** Of all ids: two sweeps with the same hash have the same results. */
  readonly hash: string;
}

/** Points that share their counts (and differ in prices at most): what one thread takes at a time, and one job of a queue. */
export interface WorkGroup {
  readonly key: string;
  readonly network: SweepNetwork;
  readonly files: readonly InputFile[];
  readonly schemes: readonly Scheme[];
  readonly seed: number;
  readonly accuracy: SweepAccuracy | null;
  readonly points: readonly { readonly id: string; readonly config: Config }[];
}
