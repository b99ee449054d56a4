import type { Report, SimulateResult } from "../../index.ts";
import type { InputFile } from "./readFiles.ts";

/** Where a run came from: everything that report.json leaves out because it may differ between equal runs. */
export interface Manifest {
  readonly schemaVersion: 1;
  readonly tool: Report["tool"];
  readonly seed: number;
  readonly inputs: readonly InputFile[];
  readonly backend: string;
  readonly threads: number;
  readonly startedAt: string;
  readonly elapsed_ms: number;
  readonly phases_ms: SimulateResult["phases_ms"];
  readonly peakMemory_bytes: number;
}
