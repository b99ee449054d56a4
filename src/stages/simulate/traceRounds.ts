import { adcCode, adcTransfer } from "../../model/arch/adc.ts";
import type { Config } from "../../model/arch/config.ts";
import type { ActivationFormat } from "../../model/ir/quantized.ts";
import type { GroupTrace, TraceRound, TracedBitline } from "../../model/ir/trace.ts";

/** Kept rows of a group as they lie in its crossbars. */
export interface TracedRows {
  /** Crossbar of each kept row, in the order of the index. */
  readonly crossbars: readonly number[];
  readonly inputs: readonly number[];
  /** Memory order [kept row][bitline]. */
  readonly digits: readonly (readonly number[])[];
}

/** Opens the kept rows whose bit is 1, H at a time, plane by plane and crossbar by crossbar (`orc-dof`, §7, §8). */
export function traceRounds(
  { crossbars, inputs, digits }: TracedRows,
  bitlines: readonly TracedBitline[],
  filters: readonly number[],
  format: ActivationFormat,
  config: Config,
): Pick<GroupTrace, "rounds" | "emptyPlanes" | "accumulators"> {
  const transfer = adcTransfer(config);
  const accumulators = filters.map(() => 0);
  const places = bitlines.map(({ filter }) => filters.indexOf(filter));
  const rounds: TraceRound[] = [];
  const emptyPlanes: { crossbar: number; plane: number }[] = [];
  for (const [crossbar, rows] of rowsOf(crossbars)) {
    for (let plane = 0; plane < format.bits; plane++) {
      const ones = rows.filter((row) => (inputs[row]! >> plane) & 1);
      if (ones.length === 0) emptyPlanes.push({ crossbar, plane });
      const weight = (format.signed && plane === format.bits - 1 ? -1 : 1) * 2 ** plane;
      for (let first = 0; first < ones.length; first += config.ou.rows) {
        const open = ones.slice(first, first + config.ou.rows);
        const sums = bitlines.map((_, bitline) => open.reduce((sum, row) => sum + digits[row]![bitline]!, 0));
        const read = sums.map((sum) => transfer[sum]!);
        for (const [bitline, { slice, sign, zeroDigit }] of bitlines.entries()) {
          const digitSum = read[bitline]! - open.length * zeroDigit;
          accumulators[places[bitline]!]! += weight * sign * digitSum * 2 ** (slice * config.crossbar.cellBits);
        }
        const codes = sums.map((sum) => adcCode(sum, config));
        rounds.push({ crossbar, plane, open, sums, codes, read, accumulators: [...accumulators] });
      }
    }
  }
  return { rounds, emptyPlanes, accumulators };
}

/** Places of the kept rows of each crossbar. */
function rowsOf(crossbars: readonly number[]): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (const [place, crossbar] of crossbars.entries()) {
    const own = rows.get(crossbar);
    if (own === undefined) rows.set(crossbar, [place]);
    else own.push(place);
  }
  return rows;
}
