import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { inspect, parseConfig } from "../../../src/index.ts";
import { openNetwork } from "../../../src/stages/network/index.ts";
import { GROUP_WIDTHS, zeroSegmentRatios } from "../../../src/stages/compress/zeroSegments.ts";
import { Random } from "../../helpers/random.ts";

describe("zero segments", () => {
  test("worked by hand: 2 x 5, the last segment of a row narrower", () => {
    const values = Int16Array.from([0, 0, 7, 0, 0, 1, 0, 0, 0, 0]);
    const matrix = { values, rowCount: 2, colCount: 5, weightBits: 16 };
    // Width 2: rows [00][70][0] and [10][00][0]; width 4: [0070][0] and [1000][0]; from 8 on: whole rows.
    expect(zeroSegmentRatios([matrix])).toMatchObject({ 1: 8 / 10, 2: 4 / 6, 4: 2 / 4, 8: 0, 128: 0 });
  });

  test("equal to their definition on random matrices, several at once", () => {
    const random = new Random(5);
    for (let turn = 0; turn < 20; turn++) {
      const [rowCount, colCount] = [random.integer(1, 9), random.integer(1, 150)];
      const matrices = Array.from({ length: random.integer(1, 3) }, () => ({
        values: Int16Array.from({ length: rowCount * colCount }, () => (random.chance(0.97) ? 0 : 1)),
        rowCount,
        colCount,
        weightBits: 16,
      }));
      const ratios = zeroSegmentRatios(matrices);
      for (const width of GROUP_WIDTHS) {
        const segments = matrices.flatMap(({ values }) =>
          Array.from({ length: rowCount }, (_, row) => values.subarray(row * colCount, (row + 1) * colCount)).flatMap(
            (row) =>
              Array.from({ length: Math.ceil(colCount / width) }, (_, i) => row.subarray(i * width, (i + 1) * width)),
          ),
        );
        const zeros = segments.filter((segment) => segment.every((value) => value === 0));
        expect(ratios[width]).toBe(zeros.length / segments.length);
      }
    }
  });
});

const data = new URL("../../../../shared/data/", import.meta.url);
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, data)));

interface Expected {
  readonly layers: readonly (Readonly<Record<`seg${2 | 4 | 8 | 16}_zero`, number>> & {
    readonly name: string;
    readonly q16: { readonly weight_sparsity: number; readonly seg2_zero: number; readonly zero_rows: number };
  })[];
}

describe.each(["lenet5-ssl", "lenet5-dense", "convnet-cifar10-ssl", "convnet-cifar10-dense"])("%s", (name) => {
  const absent = !existsSync(new URL(`models/${name}.onnx`, data));
  test.skipIf(absent)(
    `inspect finds the expected zeros${absent ? ` (skipped: no models/${name}.onnx)` : ""}`,
    async () => {
      const expected = JSON.parse(new TextDecoder().decode(read(`expected/${name}.json`))) as Expected;
      const { layers } = await inspect({
        workload: { kind: "network", name, model: read(`models/${name}.onnx`) },
        config: parseConfig([], []),
        source: { source: name, sha256: "" },
      });
      expect(layers.map((layer) => layer.name)).toEqual(expected.layers.map((layer) => layer.name));
      const network = await openNetwork({ name, model: read(`models/${name}.onnx`) }, { batchNorm: "fold" });
      await network.dispose();
      layers.forEach(({ weights }, i) => {
        const { q16, ...floats } = expected.layers[i]!;
        // The independent program rounds ties up; small weights become zero a little earlier or later.
        expect(weights.zeroRatio).toBeCloseTo(q16.weight_sparsity, 3);
        expect(weights.zeroRowRatio).toBeCloseTo(q16.zero_rows, 3);
        expect(weights.zeroSegmentRatios[1]).toBe(weights.zeroRatio);
        expect(weights.zeroSegmentRatios[2]).toBeCloseTo(weights.ouRowZeroRatio, 12);
        expect(weights.zeroSegmentRatios[2]).toBeCloseTo(q16.seg2_zero, 3);

        // Before rounding both see the same zeros.
        const { weights: values, matrixRows: rowCount, matrixCols: colCount } = network.layers[i]!;
        const used = Int16Array.from(values, (value) => (value === 0 ? 0 : 1));
        const ratios = zeroSegmentRatios([{ values: used, rowCount, colCount, weightBits: 16 }]);
        for (const width of [2, 4, 8, 16] as const) expect(ratios[width]).toBeCloseTo(floats[`seg${width}_zero`], 9);
      });
    },
  );
});
