import { expect, test } from "vitest";
import { ScalarKernels } from "../../../bindings/scalar.ts";
import { parseConfig } from "../../../src/index.ts";
import { indexEntries, packBlocks } from "../../../src/stages/compress/packGroup.ts";
import { placeMatrix } from "../../../src/stages/map/placeMatrix.ts";
import { Random } from "../../helpers/random.ts";

test("the rows that counting packs are those that the index decodes to", () => {
  const random = new Random(3);
  const kernels = new ScalarKernels();
  let fillers = 0;
  for (let draw = 0; draw < 200; draw++) {
    const rowCount = random.integer(1, 300);
    const colCount = random.integer(1, 6);
    const density = random.pick([0.003, 0.02, 0.2, 0.8]);
    const weightBits = random.integer(2, 8);
    const values = Int16Array.from({ length: rowCount * colCount }, () => (random.chance(density) ? 1 : 0));
    const config = parseConfig(
      [],
      [
        `crossbar.rows=${random.integer(16, 70)}`,
        `crossbar.cols=${random.integer(16, 40)}`,
        `precision.weightBits=${weightBits}`,
        `sparsity.indexBits=${random.pick(["unlimited", "1", "3", "5"])}`,
        `mapping.packing=${random.pick(["layer", "crossbar"])}`,
        `mapping.coding=${random.pick(["offset", "differential"])}`,
      ],
    );
    const matrix = { values, rowCount, colCount, weightBits };
    const placement = placeMatrix(rowCount, colCount, config);
    const blocks = [...packBlocks(matrix, placement, config, kernels)];
    expect(blocks.map(({ block }) => block)).toEqual(placement.colBlocks);
    for (const { block, groups } of blocks) {
      expect(groups).toHaveLength(block.groups.length);
      for (const group of groups) {
        const entries = indexEntries(group, rowCount, config, kernels);
        const decoded = entries.map((part, chunk) => kernels.decodeIndex(part, group.chunks[chunk]!.rows.start - 1));
        const keptRows = group.chunks.map(({ rows }) =>
          Int32Array.from({ length: rows.count }, (_, i) => rows.start + i).filter((row) => isIn(group.kept, row)),
        );
        expect(keptRows).toEqual(decoded);
        expect(group.chunks.map(({ keptCount }) => keptCount)).toEqual(decoded.map((rows) => rows.length));
        const kept = keptRows.flatMap((rows) => [...rows]);
        const isSet = (row: number): boolean => isIn(group.mask, row);
        fillers += kept.filter((row) => !isSet(row)).length;
        expect(kept.filter(isSet)).toEqual([...Array(rowCount).keys()].filter(isSet));
      }
    }
  }
  expect(fillers).toBeGreaterThan(100);
});

function isIn(set: Uint32Array, row: number): boolean {
  return ((set[row >>> 5]! >>> (row & 31)) & 1) === 1;
}
