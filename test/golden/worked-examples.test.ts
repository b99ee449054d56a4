import { describe, expect, test } from "vitest";
import { loadKernels } from "../../bindings/index.ts";
import type { MvmOptions, SegmentTable, StreamTable } from "../../bindings/kernels.ts";

describe.each(["typescript", "debug", "simd", "scalar"] as const)("%s kernels", async (target) => {
  const kernels = await loadKernels({ target });

  // Index of 2 bits, so entries 0…3; rows 0…15, kept {0, 6, 7, 15}.
  //   row 0: no row dropped before it                                   → 0
  //   row 6: rows 1…5 dropped, 5 > 3: filler at 0 + 4 = 4 with entry 3;
  //          then row 5 dropped between 4 and 6                         → 3, 1
  //   row 7: nothing dropped                                            → 0
  //   row 15: rows 8…14 dropped, 7 > 3: filler at 7 + 4 = 11, entry 3;
  //          then rows 12…14 dropped                                    → 3, 3
  // Six entries of 2 bits: 12 index bits, two of the rows fillers.
  test("worked example A: index of 2 bits with fillers", () => {
    const mask = Uint32Array.of((1 << 0) | (1 << 6) | (1 << 7) | (1 << 15));
    const entries = kernels.encodeIndex(mask, 0, 16, 2);
    expect([...entries]).toEqual([0, 3, 1, 0, 3, 3]);
    expect([...kernels.decodeIndex(entries, -1)]).toEqual([0, 4, 6, 7, 11, 15]);
  });

  test("worked example A in a later block gives the same entries, counted from the block's start", () => {
    const mask = Uint32Array.of(0, (1 << 0) | (1 << 6) | (1 << 7) | (1 << 15));
    expect([...kernels.encodeIndex(mask, 32, 16, 2)]).toEqual([0, 3, 1, 0, 3, 3]);
  });

  // R = C = 8, H = 2, L = 4, 2-bit cells, 4-bit weights (S = 2), 3-bit inputs, one window.
  //   W = [[0,0],[1,0],[0,0],[0,-2],[3,1],[0,0]]: 2 columns · 2 slices = 4 bitlines = one group.
  //   Zero-relative two's complement: 1 = 00 01, -2 = 11 10, 3 = 00 11; rows with a digit not 0: {1, 3, 4}.
  //   x = [7,0,5,4,1,3]: bit 0 in rows {0,2,4,5}, bit 1 in {0,5}, bit 2 in {0,2,3}.
  describe("worked example B: counts and product", () => {
    const weights = {
      values: Int16Array.of(0, 0, 1, 0, 0, 0, 0, -2, 3, 1, 0, 0),
      rowCount: 6,
      colCount: 2,
      weightBits: 4,
    };
    const cells = { cellBits: 2, coding: "offset" } as const;
    const group = { start: 0, count: 4 };
    const codes = Uint16Array.of(7, 0, 5, 4, 1, 3);
    const shape = { windowCount: 1, vectorCount: 1, rowCount: 6, bits: 3 };
    const planes = kernels.packBitPlanes(codes, shape);
    const allRows = Uint32Array.of(0b111111, 0, 0, 0);
    const keptRows = Uint32Array.of(0b011010, 0, 0, 0);
    const segments = (masks: Uint32Array): SegmentTable => ({
      records: Int32Array.of(0, 0, 0, 4, 0, 1, 4),
      masks,
      segmentCount: 1,
      crossbarCount: 1,
    });

    test("planes hold rows {0,2,4,5}, {0,5}, {0,2,3}", () => {
      expect([...planes.words]).toEqual([0b110101, 0, 0, 0, 0b100001, 0, 0, 0, 0b001101, 0, 0, 0]);
    });

    test("kept rows are {1, 3, 4}", () => {
      expect([...kernels.buildRowMasks(weights, cells, [group]).words]).toEqual([...keptRows]);
    });

    // naive 3 planes · ceil(6/2) = 9; orc 3 · ceil(3/2) = 6
    test("naive takes 3 OUs a plane, orc 2", () => {
      expect([...kernels.countFixedOus(segments(allRows), 2)]).toEqual([3]);
      expect([...kernels.countFixedOus(segments(keptRows), 2)]).toEqual([2]);
    });

    // ceil(4/2) + ceil(2/2) + ceil(3/2) = 2 + 1 + 2; conversions 4 bitlines · 5; open rows 4 + 2 + 3
    test("dof takes 5 OU operations", () => {
      expect(kernels.countOuCycles(planes, segments(allRows), 2, 0)).toEqual({
        ouOps: 5,
        latencyCycles: 5,
        adcConversions: 20,
        openRows: 9,
        cellReads: 36,
        emptyPlanes: 0,
      });
    });

    // {4} → 1, {} → 0, {3} → 1; an empty plane at 3 cycles would make 5 cycles of it
    test("orc-dof takes 2 OU operations", () => {
      const expected = { ouOps: 2, latencyCycles: 2, adcConversions: 8, openRows: 2, cellReads: 8, emptyPlanes: 1 };
      expect(kernels.countOuCycles(planes, segments(keptRows), 2, 0)).toEqual(expected);
      const charged = { ...expected, latencyCycles: 5 };
      expect(kernels.countOuCycles(planes, segments(keptRows), 2, 3)).toEqual(charged);
    });

    // u = w + 8: 8 = 10 00, 9 = 10 01, 6 = 01 10, 11 = 10 11; slice 0 first
    test("cells hold the digits of w + 8", () => {
      const block = kernels.encodeCells(weights, cells, group);
      const rows = Array.from({ length: 6 }, (_, row) => [...block.levels.subarray(row * 16, row * 16 + 4)]);
      expect(rows).toEqual([
        [0, 2, 0, 2],
        [1, 2, 0, 2],
        [0, 2, 0, 2],
        [0, 2, 2, 1],
        [3, 2, 1, 2],
        [0, 2, 0, 2],
      ]);
    });

    // X·W = [1·3 + 0, 4·(-2) + 1·1] = [3, -7]
    test.each([
      { formation: "fixed", rows: "all", entries: [0, 0, 0, 0, 0, 0] },
      { formation: "dynamic", rows: "all", entries: [0, 0, 0, 0, 0, 0] },
      { formation: "fixed", rows: "kept", entries: [1, 1, 0] },
      { formation: "dynamic", rows: "kept", entries: [1, 1, 0] },
    ] as const)("product is [3, -7]: $formation OUs, $rows rows", ({ formation, entries }) => {
      const streams: StreamTable = {
        records: Int32Array.of(0, -1, 0, entries.length, 0, 4),
        entries: Uint32Array.from(entries),
        streamCount: 1,
      };
      const adcTransfer = Int32Array.from({ length: 7 }, (_, sum) => sum);
      const options: MvmOptions = { formation, ouRows: 2, adcTransfer, signed: false, weights, cells };
      const sums = new Float64Array(2);
      kernels.mvmBitSerial(planes, streams, kernels.encodeCells(weights, cells, group), options, sums);
      expect([...sums]).toEqual([3, -7]);
    });
  });
});
