import type { Kernels } from "../../bindings/kernels.ts";
import type { Config } from "../model/arch/config.ts";
import type { SimulateRequest } from "../model/ir/request.ts";
import type { Executor } from "../stages/simulate/executor.ts";
import type { PhaseClock } from "./phases.ts";

/** What every stage of one simulation shares. */
export interface Session {
  readonly request: SimulateRequest;
  readonly config: Config;
  readonly kernels: Kernels;
  readonly executor: Executor;
  readonly clock: PhaseClock;
  readonly signal: AbortSignal | undefined;
}
