import type { NetworkWorkload } from "../../model/ir/request.ts";
import type { CalibratedNetwork } from "../calibration.ts";
import type { Session } from "../session.ts";

/** What every trial of an accuracy run shares. */
export interface AccuracySession extends Pick<Session, "config" | "kernels" | "executor" | "clock" | "pace"> {
  readonly workload: NetworkWorkload;
  /** With labels. */
  readonly calibrated: CalibratedNetwork;
  /** Samples that go through the network together. */
  readonly batchSize: number;
}
