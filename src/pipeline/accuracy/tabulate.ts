import { loadKernels, tableProbabilities } from "../../../bindings/index.ts";
import type { Kernels } from "../../../bindings/kernels.ts";
import { adcBits } from "../../model/arch/adc.ts";
import { codeDevice, resolveDevice } from "../../model/arch/device.ts";
import type { ResolvedDevice } from "../../model/arch/device.ts";
import type { Config } from "../../model/arch/config.ts";
import { inlineExecutor } from "../../stages/simulate/executor.ts";
import { TABLE_SAMPLES, sensingTable } from "./tables.ts";
import type { TableCache } from "./tables.ts";
import { TOOL } from "../tool.ts";

/** Sensing-error table of a device (§9). */
export interface SensingReport {
  readonly schemaVersion: 1;
  readonly tool: typeof TOOL;
  readonly seed: number;
  readonly device: ResolvedDevice;
  readonly rows: number;
  readonly levels: number;
  readonly adcBits: number;
  readonly samples: number;
  readonly references: Config["device"]["references"];
  readonly referenceLevels: Config["device"]["referenceLevels"];
  /** table[open rows - 1][ideal sum] = {sensed code: probability} */
  readonly table: readonly (readonly Readonly<Record<string, number>>[])[];
}

/** Monte-Carlo distribution of the sensed code for every number of open rows and ideal sum, ou.rows at most. */
export async function tabulate(
  config: Config,
  deviceName: string,
  seed: number,
  options: { kernels?: Kernels; tables?: TableCache } = {},
): Promise<SensingReport> {
  const kernels = options.kernels ?? (await loadKernels());
  const device = resolveDevice(deviceName, config);
  const coded = codeDevice(device, config);
  const table = await sensingTable(coded, config, seed, kernels, inlineExecutor(kernels), options.tables);
  const topLevel = 2 ** config.crossbar.cellBits - 1;
  const rows = config.ou.rows;
  return {
    schemaVersion: 1,
    tool: TOOL,
    seed,
    device,
    rows,
    levels: topLevel + 1,
    adcBits: adcBits(config),
    samples: TABLE_SAMPLES,
    references: config.device.references,
    referenceLevels: config.device.referenceLevels,
    table: Array.from({ length: rows }, (_, k) =>
      Array.from({ length: (k + 1) * topLevel + 1 }, (_, sum) =>
        Object.fromEntries(tableProbabilities(table, k + 1, sum)),
      ),
    ),
  };
}
