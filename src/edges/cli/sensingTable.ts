import { resolveDevice, tabulate } from "../../index.ts";
import type { SensingReport } from "../../index.ts";
import { loadConfig } from "./config.ts";
import type { ConfigOptions } from "./config.ts";
import { FaultGatherer } from "../faults.ts";
import { renderTable } from "./table.ts";
import { tableCache } from "../files/tableCache.ts";
import { wholeNumber } from "../terminal/options.ts";

export interface TableOptions extends ConfigOptions {
  readonly rows?: string | undefined;
  readonly levels?: string | undefined;
  readonly device?: string | undefined;
  readonly seed: string;
  readonly json?: true | undefined;
}

/** Most open rows of a printed table: a page has an end. */
const MOST_ROWS = 1024;

/** Prints the sensing-error table of a device. @throws InputError with every fault of the options. */
export async function tableCommand(options: TableOptions): Promise<void> {
  const faults = new FaultGatherer();
  const seed = wholeNumber("seed", options.seed, 0, faults);
  const rows = options.rows === undefined ? undefined : wholeNumber("rows", options.rows, 1, faults);
  const cellBits =
    options.levels === undefined ? undefined : Math.log2(wholeNumber("levels", options.levels, 2, faults) ?? 2);
  if (rows !== undefined && rows > MOST_ROWS) faults.add("--rows", `integer in 1..${MOST_ROWS}`, String(rows));
  if (cellBits !== undefined && !(Number.isInteger(cellBits) && cellBits <= 8))
    faults.add("--levels", "a power of two, at most 256", options.levels!);
  faults.throwIfAny();
  const sets = [...options.set];
  if (rows !== undefined) sets.push(`ou.rows=${rows}`, `crossbar.rows=${rows}`);
  if (cellBits !== undefined) sets.push(`crossbar.cellBits=${cellBits}`);
  const config = await loadConfig({ ...options, set: sets });
  const device = options.device ?? config.device.model;
  resolveDevice(device, config);
  const report = await tabulate(config, device, seed!, { tables: tableCache() });
  process.stdout.write(`${options.json ? JSON.stringify(report) : render(report)}\n`);
}

function render({ device, rows, levels, adcBits, samples, table }: SensingReport): string {
  const body = table.flatMap((sums, k) =>
    sums.map((codes, sum) => {
      const right = codes[sum] ?? 0;
      const mean = Object.entries(codes).reduce((total, [code, share]) => total + Number(code) * share, 0);
      const likely = Object.entries(codes)
        .sort(([, a], [, b]) => b - a)
        .slice(0, 5)
        .map(([code, share]) => `${code}: ${(share * 100).toFixed(1)} %`);
      return [
        String(k + 1),
        String(sum),
        `${((1 - right) * 100).toFixed(2)} %`,
        (mean - sum).toFixed(3),
        likely.join("  "),
      ];
    }),
  );
  const head = ["open rows", "ideal sum", "misread", "bias (codes)", "sensed codes, most likely first"];
  const text = `${device.name}: ${device.lrs_ohm} ohm, R-ratio ${device.ratio}, sigma ${device.sigmaLrs.toPrecision(3)} (LRS), ${device.sigmaHrs.toPrecision(3)} (HRS)`;
  return `${text}; up to ${rows} rows of ${levels}-level cells, ADC of ${adcBits} bits, ${samples} samples an entry\n${renderTable(head, body)}`;
}
