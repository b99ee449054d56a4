import type { LayerReport } from "../../src/index.ts";
import type { OracleConfig, OracleWorkload } from "./oracle.ts";
import { chunksOf, range } from "./oracle/cells.ts";
import { Random } from "./random.ts";
import { randomMatrixConfig } from "./randomMatrix.ts";
import { simulateMatrix } from "./workload.ts";

const CASES = 40;

/** Runs a law on random cases; a failure names its case. */
export async function onCases(law: (random: Random) => Promise<void>): Promise<void> {
  for (let seed = 0; seed < CASES; seed++) {
    try {
      await law(new Random(seed));
    } catch (error) {
      throw new Error(`case ${seed}`, { cause: error });
    }
  }
}

export interface MatrixRun {
  readonly layer: LayerReport;
  /** [window][column] */
  readonly outputs: number[][];
}

export async function run(workload: OracleWorkload, config: OracleConfig): Promise<MatrixRun> {
  const { report, outputs } = await simulateMatrix(workload, config, "orc-dof");
  const cols = workload.weights[0]!.length;
  return { layer: report.layers[0]!, outputs: chunksOf(Array.from(outputs[0]!.values, Number), cols) };
}

/** Cells of a weight on one array. */
export const slicesOf = ({ Bw, c, coding }: OracleConfig): number => Math.ceil((coding === "offset" ? Bw : Bw - 1) / c);

/** A configuration whose OU column groups hold whole filters, and whose column blocks hold whole groups. */
export function wholeFilters(random: Random): { config: OracleConfig; perGroup: number; groupsPerBlock: number } {
  const drawn = randomMatrixConfig(random);
  const perGroup = random.integer(1, 3);
  const groupsPerBlock = random.integer(1, 3);
  const L = perGroup * slicesOf(drawn);
  return { config: { ...drawn, L, C: L * groupsPerBlock }, perGroup, groupsPerBlock };
}

/** Weights of so many columns, sparse in rows and cells. */
export function drawWeights(random: Random, rows: number, cols: number, top: number): number[][] {
  const zero = random.pick([0.3, 0.8, 0.95]);
  return range(0, rows).map(() => {
    const empty = random.chance(0.4);
    return range(0, cols).map(() => (empty || random.chance(zero) ? 0 : random.integer(-top, top)));
  });
}

/** Unsigned inputs of so many bits, [window][row]. */
export const drawInputs = (random: Random, windows: number, rows: number, Ba: number): number[][] =>
  range(0, windows).map(() => range(0, rows).map(() => (random.chance(0.4) ? 0 : random.integer(0, 2 ** Ba - 1))));

/** The same items in a random order. */
export function shuffle<T>(random: Random, items: readonly T[]): T[] {
  const left = [...items];
  return range(0, items.length).map(() => left.splice(random.integer(0, left.length - 1), 1)[0]!);
}

/** The columns of some rows, in another order. */
export const pickCols = (rows: readonly (readonly number[])[], order: readonly number[]): number[][] =>
  rows.map((row) => order.map((col) => row[col]!));
