import { describe, expect, it } from "vitest";
import { parseConfig } from "../../src/index.ts";
import { fitOnChip } from "../../src/stages/map/chipFit.ts";
import { denseDemand, placeMatrix } from "../../src/stages/map/placeMatrix.ts";
import { balancePipeline } from "../../src/stages/cost/pipeline.ts";
import { Random } from "../helpers/random.ts";

const config = (settings: object) => parseConfig([{ text: JSON.stringify(settings), place: "test" }], []);

it("places every cell exactly once, in order", () => {
  for (let seed = 0; seed < 200; seed++) {
    const random = new Random(seed);
    const rows = random.integer(1, 300);
    const cols = random.integer(1, 20);
    const crossbar = { rows: random.integer(1, 130), cols: random.integer(1, 130), cellBits: random.integer(1, 8) };
    const weightBits = random.integer(2, 16);
    const placement = placeMatrix(
      rows,
      cols,
      config({
        crossbar,
        ou: { rows: random.integer(1, crossbar.rows), cols: random.integer(1, crossbar.cols) },
        precision: { weightBits },
        mapping: { coding: random.pick(["offset", "differential"]) },
      }),
    );
    const placedRows = placement.rowBlocks.flatMap(({ start, count }) =>
      Array.from({ length: count }, (_, i) => start + i),
    );
    expect(placedRows).toEqual(Array.from({ length: rows }, (_, row) => row));
    for (const coding of new Set(placement.colBlocks.map((block) => block.coding))) {
      const bits = coding === "offset" ? weightBits : weightBits - 1;
      const bitlines = placement.colBlocks
        .filter((block) => block.coding === coding)
        .flatMap((block) => block.groups)
        .flatMap(({ start, count }) => Array.from({ length: count }, (_, i) => start + i));
      expect(bitlines).toEqual(
        Array.from({ length: cols * Math.ceil(bits / crossbar.cellBits) }, (_, bitline) => bitline),
      );
    }
    for (const block of placement.colBlocks) expect(block.bitlines.count).toBeLessThanOrEqual(crossbar.cols);
    expect(denseDemand(placement).crossbarCount).toBe(placement.rowBlocks.length * placement.colBlocks.length);
    const bitlines = placement.colBlocks.reduce((total, block) => total + block.bitlines.count, 0);
    expect(denseDemand(placement).usedCellCount).toBe(rows * bitlines);
  }
});

describe("chip", () => {
  it("says when a network does not fit, with demand, bound and levers", () => {
    const small = config({ tile: { count: 1 }, cu: { perTile: 2 }, crossbar: { perCu: 4 } });
    expect(fitOnChip({ crossbarCount: 8, usedCellCount: 100 }, small)).toMatchObject({
      fits: true,
      cus: 2,
      tiles: 1,
      levers: [],
    });
    const tooBig = fitOnChip({ crossbarCount: 9, usedCellCount: 100 }, small);
    expect(tooBig).toMatchObject({ fits: false, crossbars: 9, crossbarsAvailable: 8, cus: 3, tiles: 2 });
    expect(tooBig.levers[0]).toContain("tile.count ≥ 2");
  });

  it('fits always with tile.count "auto"', () => {
    expect(fitOnChip({ crossbarCount: 10 ** 6, usedCellCount: 1 }, config({ tile: { count: "auto" } }))).toMatchObject({
      fits: true,
      crossbarsAvailable: null,
    });
  });
});

describe("pipeline", () => {
  const layer = (name: string, crossbars: number, latencyPerSample_ns: number) => ({
    name,
    crossbars,
    latencyPerSample_ns,
    windowsPerSample: 100,
  });

  it("gives left-over crossbars to the slowest layer, one copy at a time", () => {
    // 10 crossbars, one copy takes 2 + 3. Left 5: a (100) → 50 with 2 more, 33 with 4 more; then b (40) is the slowest
    // and its copy needs 3 of the 1 left.
    expect(balancePipeline([layer("a", 2, 100), layer("b", 3, 40)], 10)).toEqual({
      pipelined_ns: 40,
      limitedBy: "b",
      limit: "crossbars",
      copies: [3, 1],
    });
  });

  it("has no answer when one copy does not fit", () => {
    expect(balancePipeline([layer("a", 2, 100), layer("b", 3, 40)], 4)).toBeNull();
  });

  it("makes no more copies than there are windows", () => {
    expect(balancePipeline([{ ...layer("fc", 1, 100), windowsPerSample: 1 }], 50)).toMatchObject({
      limit: "windows",
      copies: [1],
    });
  });

  it("stops at exactly as many copies as windows", () => {
    expect(balancePipeline([{ ...layer("fc", 1, 100), windowsPerSample: 2 }], 50)).toMatchObject({
      pipelined_ns: 50,
      limit: "windows",
      copies: [2],
    });
  });

  it("is limited by a layer that takes no crossbar, when that is the slowest", () => {
    expect(balancePipeline([layer("fill", 0, 9), layer("a", 1, 8)], 50)).toMatchObject({
      limitedBy: "fill",
      limit: "empty",
    });
  });
});
