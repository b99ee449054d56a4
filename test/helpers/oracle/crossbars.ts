import { cellArrays, chunksOf, range, skippable } from "./cells.ts";
import type { OracleConfig, OracleWorkload, Segment } from "./cells.ts";

/** What is worked off one after another in one crossbar: its OU column groups, or what a scheme puts in their place. */
export type Crossbar = Segment[];

export interface OrcCounts {
  keptRows: number;
  fillerRows: number;
  indexBits: number;
  ouRowSegments: number;
  bitmapBits: number;
  weightBitsKept: number;
}

/** Crossbars of every placement (§5–§7). */
export interface Placements {
  readonly dense: Crossbar[];
  readonly recom: Crossbar[];
  readonly occ: Crossbar[];
  readonly orc: Crossbar[];
  readonly isaac: Crossbar[];
  readonly orcCounts: OrcCounts;
}

/** Kept rows with fillers, straight from the text of §6. */
function withFillers(
  kept: readonly number[],
  blockStart: number,
  indexBits: number | "unlimited",
): { rows: number[]; fillers: number } {
  const rows: number[] = [];
  let fillers = 0;
  let previous = blockStart - 1;
  for (const row of kept) {
    while (indexBits !== "unlimited" && row - previous - 1 > 2 ** indexBits - 1) {
      previous += 2 ** indexBits;
      rows.push(previous);
      fillers++;
    }
    rows.push(row);
    previous = row;
  }
  return { rows, fillers };
}

export function placeAll(weights: OracleWorkload["weights"], config: OracleConfig): Placements {
  const { R, C, H, L } = config;
  const K = weights.length;
  const N = weights[0]!.length;
  const arrays = cellArrays(weights, config);
  const rowBlocks = chunksOf(range(0, K), R);
  // Column blocks of all arrays, each a list of bitlines.
  const blocks = arrays.flatMap((array) =>
    chunksOf(range(0, array.zero.length), C).map((bitlines) => ({ array, bitlines })),
  );

  const dense = blocks.flatMap(({ array, bitlines }) =>
    rowBlocks.map((rows) => chunksOf(bitlines, L).map((group) => ({ array, rows, bitlines: group }))),
  );
  const isaac = blocks.flatMap(({ array, bitlines }) => rowBlocks.map((rows) => [{ array, rows, bitlines }]));
  const occ = blocks.flatMap(({ array, bitlines }) =>
    rowBlocks.map((block) =>
      chunksOf(block, H).flatMap((rows) => {
        const occupied = bitlines.filter((bitline) => rows.some((row) => !skippable(array, row, bitline)));
        return chunksOf(occupied, L).map((group) => ({ array, rows, bitlines: group }));
      }),
    ),
  );

  const usedRows = range(0, K).filter((row) => weights[row]!.some((w) => w !== 0));
  const usedCols = range(0, N).filter((col) => weights.some((row) => row[col] !== 0));
  const recom = arrays.flatMap((array) => {
    const usedBitlines = range(0, array.zero.length).filter((bitline) => usedCols.includes(array.col[bitline]!));
    return chunksOf(usedBitlines, C).flatMap((bitlines) =>
      chunksOf(usedRows, R).map((rows) => chunksOf(bitlines, L).map((group) => ({ array, rows, bitlines: group }))),
    );
  });

  return { dense, recom, occ, isaac, ...placeOrc(blocks, rowBlocks, K, config) };
}

function placeOrc(
  blocks: readonly Omit<Segment, "rows">[],
  rowBlocks: readonly number[][],
  K: number,
  { R, L, c, packing, indexBits }: OracleConfig,
): Pick<Placements, "orc" | "orcCounts"> {
  let keptRows = 0;
  let fillerRows = 0;
  let ouRowSegments = 0;
  let weightBitsKept = 0;
  const orc = blocks.flatMap(({ array, bitlines }) => {
    const groups = chunksOf(bitlines, L);
    /** Rows of each chunk of the group; a chunk is what one crossbar holds. */
    const chunks = groups.map((group): number[][] => {
      const pack = (rows: number[]): number[] => {
        const kept = rows.filter((row) => group.some((bitline) => !skippable(array, row, bitline)));
        const filled = withFillers(kept, rows[0]!, indexBits);
        keptRows += filled.rows.length;
        weightBitsKept += filled.rows.length * group.length * c;
        fillerRows += filled.fillers;
        return filled.rows;
      };
      ouRowSegments += K;
      return packing === "crossbar" ? rowBlocks.map(pack) : chunksOf(pack(range(0, K)), R);
    });
    const tallest = Math.max(...chunks.map(({ length }) => length));
    return range(0, tallest).map((chunk) =>
      groups.map((group, g) => ({ array, rows: chunks[g]![chunk] ?? [], bitlines: group })),
    );
  });
  return {
    orc,
    orcCounts: {
      keptRows,
      fillerRows,
      indexBits: indexBits === "unlimited" ? 0 : keptRows * indexBits,
      ouRowSegments,
      bitmapBits: ouRowSegments,
      weightBitsKept,
    },
  };
}
