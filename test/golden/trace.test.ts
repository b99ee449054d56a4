import { describe, expect, it } from "vitest";
import { layerChoices, loadKernels, record, traceGroup, viewCrossbar } from "../../src/index.ts";
import type { Config, RecordedWorkload } from "../../src/index.ts";
import { windowGrid, windowPlace } from "../../src/stages/simulate/windows.ts";
import type { OracleConfig, OracleWorkload } from "../helpers/oracle.ts";
import { configOf, matrixWorkload } from "../helpers/workload.ts";

// Every step of small examples, worked out by hand beside each.

const kernels = await loadKernels();
const group = { layer: 0, matrix: 0, colBlock: 0, group: 0 };
const base: OracleConfig = {
  ...{ R: 8, C: 8, H: 2, L: 4, c: 2, Bw: 4, Ba: 3, indexBits: "unlimited", packing: "layer", coding: "offset" },
  ...{ fillCycles: 3, emptyPlaneCycles: 0, adcBits: 3, adcMode: "clip" },
};

async function recordedOf(
  workload: OracleWorkload,
  changes: Partial<OracleConfig>,
): Promise<{ config: Config; recorded: RecordedWorkload }> {
  const config = configOf({ ...base, ...changes });
  const request = { workload: matrixWorkload(workload), config, source: { source: "test", sha256: "" } };
  const recorded = await record({ ...request, schemes: ["orc-dof"], seed: 0, verifyWindows: 0 }, 2 ** 20);
  return { config, recorded: recorded! };
}

// Worked example B (exampleB.test.ts): R = C = 8, H = 2, L = 4, c = 2, Bw = 4, Ba = 3, unlimited index.
//   u = w + 8, digits slice 0 first:     f0   f1        x           bits of x
//     r1: [1,  0] → 10 01, 10 00      → [1 2  0 2]      0 = 000
//     r3: [0, -2] → 10 00, 01 10      → [0 2  2 1]      4 = 100
//     r4: [3,  1] → 10 11, 10 01      → [3 2  1 2]      1 = 001
//   zero digits of w = 0 (10 00)         [0 2  0 2]
//   Row 1 follows one dropped row, row 3 one, row 4 none: entries 1, 1, 0.
//   Plane 0 opens r4: sums [3 2 1 2] less [0 2 0 2] = [3 0 1 0] → f0 += 3, f1 += 1.
//   Plane 1 opens none.
//   Plane 2 opens r3: [0 2 2 1] less [0 2 0 2] = [0 0 2 -1] → f1 += 4 · (2 - 1·4) = -8.
describe("worked example B", async () => {
  const weights = [
    [0, 0],
    [1, 0],
    [0, 0],
    [0, -2],
    [3, 1],
    [0, 0],
  ];
  const { config, recorded } = await recordedOf({ weights, activations: [[7, 0, 5, 4, 1, 3]] }, {});
  const trace = traceGroup(recorded, config, group, 0, kernels);

  it("decodes rows 1, 3 and 4 and their cells", () => {
    expect(trace.index).toEqual([
      { entry: 1, row: 1, isFiller: false },
      { entry: 1, row: 3, isFiller: false },
      { entry: 0, row: 4, isFiller: false },
    ]);
    expect(trace).toMatchObject({ activationBits: 3, isSigned: false, ouRows: 2, adcBits: 3, matrixRows: 6 });
    expect(trace.filters).toEqual([0, 1]);
    expect(trace.bitlines).toEqual([
      { filter: 0, slice: 0, sign: 1, zeroDigit: 0 },
      { filter: 0, slice: 1, sign: 1, zeroDigit: 2 },
      { filter: 1, slice: 0, sign: 1, zeroDigit: 0 },
      { filter: 1, slice: 1, sign: 1, zeroDigit: 2 },
    ]);
    expect(trace.inputs).toEqual([0, 4, 1]);
    expect(trace.weights).toEqual([
      [1, 0],
      [0, -2],
      [3, 1],
    ]);
    expect(trace.digits).toEqual([
      [1, 2, 0, 2],
      [0, 2, 2, 1],
      [3, 2, 1, 2],
    ]);
  });

  it("takes two rounds and one empty plane to [3, -7]", () => {
    const [plane0, plane2] = [
      [3, 2, 1, 2],
      [0, 2, 2, 1],
    ] as const;
    expect(trace.rounds).toEqual([
      { crossbar: 0, plane: 0, open: [2], sums: plane0, codes: plane0, read: plane0, accumulators: [3, 1] },
      { crossbar: 0, plane: 2, open: [1], sums: plane2, codes: plane2, read: plane2, accumulators: [3, -7] },
    ]);
    expect(trace.emptyPlanes).toEqual([{ crossbar: 0, plane: 1 }]);
    expect(trace.accumulators).toEqual([3, -7]);
    expect(trace.product).toEqual([3, -7]);
  });

  it("is one matrix of one group and one window", () => {
    expect(layerChoices(recorded, config)).toEqual([
      {
        ...{ name: "test", group: 0, matrixCount: 1, windowCount: 1, windows: { kind: "dense", perSample: 1 } },
        ...{ rowBlockCount: 1, groupCounts: [1] },
      },
    ]);
    expect(trace.place).toEqual({ kind: "dense", sample: 0, vector: 0 });
  });
});

// Worked example A (index of 2 bits, rows {0, 6, 7, 15} of 16) with R = 4, one filter of Bw = 3 in 1-bit cells (S = 3,
// u = w + 4, zero digits [0 0 1]), H = 2, signed inputs of 3 bits: plane 2 weighs -4.
//   row   w    u    cells      x   code
//    0    3   111  [1 1 1]    -3   101
//    6   -4   000  [0 0 0]    -1   111
//    7    1   101  [1 0 1]     3   011
//   15   -1   011  [1 1 0]    -4   100     X·W = -9 + 4 + 3 + 4 = 2
describe("worked example A with signed inputs", () => {
  const weights = Array.from({ length: 16 }, () => [0]);
  const inputs = Array.from({ length: 16 }, () => 1);
  for (const [row, weight, input] of [
    [0, 3, -3],
    [4, 0, 2],
    [6, -4, -1],
    [7, 1, 3],
    [15, -1, -4],
  ] as const) {
    weights[row] = [weight];
    inputs[row] = input;
  }
  const workload = { weights, activations: [inputs] };
  const changes = { R: 4, C: 3, L: 3, c: 1, Bw: 3, indexBits: 2, adcBits: 2 } as const;

  // Entries 0 | 3 1 | 0 | 3 3: fillers 4 and 11. Six rows are cut into crossbar 0 (0, 4, 6, 7) and 1 (11, 15).
  //   crossbar 0, plane 0: rows 0, 6, 7 → {0, 6}: [1 1 1] - 2·[0 0 1] = [1 1 -1] = -1            → -1
  //                                       {7}: [1 0 1] - [0 0 1] = [1 0 0] = 1                   →  0
  //               plane 1: rows 4, 6, 7 → {4, 6}: [0 0 1] - 2·[0 0 1] = [0 0 -1] = -4, twice     → -8
  //                                       {7}: 1, twice                                          → -6
  //               plane 2: rows 0, 6: -1, times -4                                               → -2
  //   crossbar 1, plane 0: the filler 11: [0 0 1] - [0 0 1] = 0                                  → -2
  //               plane 1: empty
  //               plane 2: row 15: [1 1 0] - [0 0 1] = [1 1 -1] = -1, times -4                   →  2
  it("packed over the layer: two fillers, seven rounds, two crossbars", async () => {
    const { config, recorded } = await recordedOf(workload, changes);
    const trace = traceGroup(recorded, config, group, 0, kernels);
    expect(trace.isSigned).toBe(true);
    expect(trace.index).toEqual([
      { entry: 0, row: 0, isFiller: false },
      { entry: 3, row: 4, isFiller: true },
      { entry: 1, row: 6, isFiller: false },
      { entry: 0, row: 7, isFiller: false },
      { entry: 3, row: 11, isFiller: true },
      { entry: 3, row: 15, isFiller: false },
    ]);
    expect(trace.inputs).toEqual([5, 2, 7, 3, 1, 4]);
    const steps = trace.rounds.map(({ crossbar, plane, open, sums, accumulators }) => [
      ...[crossbar, plane, open, sums, accumulators[0]],
    ]);
    expect(steps).toEqual([
      [0, 0, [0, 2], [1, 1, 1], -1],
      [0, 0, [3], [1, 0, 1], 0],
      [0, 1, [1, 2], [0, 0, 1], -8],
      [0, 1, [3], [1, 0, 1], -6],
      [0, 2, [0, 2], [1, 1, 1], -2],
      [1, 0, [4], [0, 0, 1], -2],
      [1, 2, [5], [1, 1, 0], 2],
    ]);
    expect(trace.emptyPlanes).toEqual([{ crossbar: 1, plane: 1 }]);
    expect([trace.accumulators, trace.product]).toEqual([[2], [2]]);
  });

  // Every crossbar starts anew: rows {0}, {6, 7} after 4 and 5, none of 8…11, {15} after 12…14. No gap needs a filler.
  //   crossbar 0, plane 0: 3 → 3; plane 1: empty; plane 2: 3 · -4 → -9
  //   crossbar 1, plane 0: {6, 7}: [1 0 1] - 2·[0 0 1] = [1 0 -1] = -3 → -12; plane 1: -3 · 2 → -18;
  //               plane 2: {6}: [0 0 0] - [0 0 1] = -4, times -4 → -2
  //   crossbar 3, planes 0 and 1: empty; plane 2: -1 · -4 → 2
  it("packed in each crossbar: no filler, six rounds, three crossbars of four", async () => {
    const { config, recorded } = await recordedOf(workload, { ...changes, packing: "crossbar" });
    const trace = traceGroup(recorded, config, group, 0, kernels);
    expect(trace.index.map(({ entry, row }) => [entry, row])).toEqual([
      [0, 0],
      [2, 6],
      [0, 7],
      [3, 15],
    ]);
    const steps = trace.rounds.map(({ crossbar, plane, open, accumulators }) => [
      ...[crossbar, plane, open, accumulators[0]],
    ]);
    expect(steps).toEqual([
      [0, 0, [0], 3],
      [0, 2, [0], -9],
      [1, 0, [1, 2], -12],
      [1, 1, [1, 2], -18],
      [1, 2, [1], -2],
      [3, 2, [3], 2],
    ]);
    expect(trace.emptyPlanes).toEqual([
      { crossbar: 0, plane: 1 },
      { crossbar: 3, plane: 0 },
      { crossbar: 3, plane: 1 },
    ]);
    expect([trace.accumulators, trace.product]).toEqual([[2], [2]]);
  });

  // Dense crossbar 1: rows 4 and 5 are all zero code, 6 differs in its top cell, 7 in its lowest. Row 4 is a filler only
  // where the index runs on from row 0.
  it.each([
    { packing: "layer", isKept: [1, 0, 1, 1], isFiller: [1, 0, 0, 0] },
    { packing: "crossbar", isKept: [0, 0, 1, 1], isFiller: [0, 0, 0, 0] },
  ] as const)("rows 4…7 as cells, $packing packing", async ({ packing, isKept, isFiller }) => {
    const { config, recorded } = await recordedOf(workload, { ...changes, packing });
    const choice = { layer: 0, matrix: 0, colBlock: 0, isPacked: false, rowBlock: 1 };
    const rows = {
      ...{ rows: [4, 5, 6, 7], isKept: Uint8Array.from(isKept), isFiller: Uint8Array.from(isFiller) },
      digits: Uint8Array.of(0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 1),
      isSkippable: Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 1, 1),
    };
    const groups = [{ firstBitline: 0, bitlineCount: 3, ...rows }];
    expect(viewCrossbar(recorded, config, choice, kernels)).toEqual({
      ...{ ...choice, crossbarCount: 4, bitlineCount: 3, topDigit: 1, groups },
    });
  });

  // Layer: six kept rows fill crossbar 0 and begin crossbar 1. Crossbar: row block 2, rows 8…11, keeps none.
  it.each([
    { packing: "layer", rowBlock: 0, rows: [0, 4, 6, 7], fillers: [0, 1, 0, 0], count: 2 },
    { packing: "layer", rowBlock: 1, rows: [11, 15], fillers: [1, 0], count: 2 },
    { packing: "crossbar", rowBlock: 1, rows: [6, 7], fillers: [0, 0], count: 4 },
    { packing: "crossbar", rowBlock: 2, rows: [], fillers: [], count: 4 },
  ] as const)("packed crossbar $rowBlock, $packing packing", async ({ packing, rowBlock, rows, fillers, count }) => {
    const { config, recorded } = await recordedOf(workload, { ...changes, packing });
    const choice = { layer: 0, matrix: 0, colBlock: 0, isPacked: true, rowBlock };
    const view = viewCrossbar(recorded, config, choice, kernels);
    expect(view.crossbarCount).toBe(count);
    expect(view.groups.map((group) => [group.rows, [...group.isKept], [...group.isFiller]])).toEqual([
      [rows, rows.map(() => 1), fillers],
    ]);
  });
});

// Weights 3 and 2 of one filter: u = 10 11 and 10 10 → cells [3 2] and [2 2]; both rows open at once: sums [5 4] of at
// most 6, less two zero digits [0 4]. Product 5.
//   clip, 2 bits:  codes min(sum, 3) = [3 3]                                     → 3 + 4 · (3 - 4) = -1
//   scale, 2 bits: codes sum · 3/6 = [2.5 2] → [2 2], back · 6/3 → [4 4]         → 4 + 4 · (4 - 4) = 4
it.each([
  { adcMode: "clip", codes: [3, 3], read: [3, 3], accumulators: [-1] },
  { adcMode: "scale", codes: [2, 2], read: [4, 4], accumulators: [4] },
] as const)("an ADC of two bits, $adcMode", async ({ adcMode, codes, read, accumulators }) => {
  const workload = { weights: [[3], [2]], activations: [[1, 1]] };
  const { config, recorded } = await recordedOf(workload, { Ba: 1, adcBits: 2, adcMode });
  const trace = traceGroup(recorded, config, group, 0, kernels);
  expect(trace.rounds).toEqual([{ crossbar: 0, plane: 0, open: [0, 1], sums: [5, 4], codes, read, accumulators }]);
  expect([trace.accumulators, trace.product, trace.adcBits]).toEqual([accumulators, [5], 2]);
});

// Differential coding of 4-bit weights: magnitudes of 3 bits in two cells. L = 3 cuts filter 1 in two.
//        f0  f1      positive        negative          x
//   r0   -5   6     [0 0 | 2 1]     [1 1 | 0 0]        1       5 = 1 01, 6 = 1 10
//   r1    3  -7     [3 0 | 0 0]     [0 0 | 3 1]        2       3 = 0 11, 7 = 1 11
//   group 0 holds f0 and slice 0 of f1, group 1 slice 1 of f1.
//   positive: f0 3·2 = 6, f1 2·1 = 2 and 4·1 = 4.  negative: f0 -5·1, f1 -3·2 = -6 and -4·2 = -8.
//   X·W = [-5 + 6, 6 - 14] = [1, -8]
it("differential coding, a filter in two groups", async () => {
  const workload = {
    weights: [
      [-5, 6],
      [3, -7],
    ],
    activations: [[1, 2]],
  };
  const { config, recorded } = await recordedOf(workload, { L: 3, Ba: 2, coding: "differential" });
  const [positive, rest, negative, negativeRest] = [
    traceGroup(recorded, config, group, 0, kernels),
    traceGroup(recorded, config, { ...group, group: 1 }, 0, kernels),
    traceGroup(recorded, config, { ...group, colBlock: 1 }, 0, kernels),
    traceGroup(recorded, config, { ...group, colBlock: 1, group: 1 }, 0, kernels),
  ] as const;
  const found = [positive, rest, negative, negativeRest].map(({ filters, digits, accumulators, product }) => ({
    ...{ filters, digits, accumulators, product },
  }));
  const expected = [
    {
      filters: [0, 1],
      digits: [
        [0, 0, 2],
        [3, 0, 0],
      ],
      sums: [6, 2],
    },
    { filters: [1], digits: [[1]], sums: [4] },
    {
      filters: [0, 1],
      digits: [
        [1, 1, 0],
        [0, 0, 3],
      ],
      sums: [-5, -6],
    },
    { filters: [1], digits: [[1]], sums: [-8] },
  ];
  expect(found).toEqual(
    expected.map(({ filters, digits, sums }) => ({ filters, digits, accumulators: sums, product: sums })),
  );
  expect(negative.bitlines).toEqual([
    { filter: 0, slice: 0, sign: -1, zeroDigit: 0 },
    { filter: 0, slice: 1, sign: -1, zeroDigit: 0 },
    { filter: 1, slice: 0, sign: -1, zeroDigit: 0 },
  ]);
  expect(negativeRest.index).toEqual([{ entry: 1, row: 1, isFiller: false }]);
});

// Two samples of 1 x 4 x 5 pixels, 2x3 kernel, stride 2 down and 1 along, rows of the kernel 2 apart, padding 1 at the
// top and 2 on the left (none elsewhere): (4 + 1 - 3) / 2 + 1 = 2 rows of (5 + 2 - 3) + 1 = 5 outputs, ten a sample.
//   window 17 = 10 + 7: sample 1, output (1, 2), corner at (2·1 - 1, 2 - 2) = (1, 0): pixels of rows 1 and 3.
//   window 0: corner (-1, -2): row -1 is padding, of row 1 only the third pixel, (1, 0), is inside.
it("windows of a convolution that is not square", () => {
  const codes = Uint16Array.from({ length: 2 * 4 * 5 }, (_, pixel) => pixel);
  const geometry = { kernel: [2, 3], strides: [2, 1], dilations: [2, 1] } as const;
  const channels = { channelCount: 1, firstChannel: 0, channelsPerVector: 1 };
  const conv = { geometry, padTop: 1, padLeft: 2, outHeight: 2, outWidth: 5, height: 4, width: 5, ...channels };
  const source = { windowCount: 20, vectorCount: 1, rowCount: 6, codes, conv };
  expect(windowGrid(source, 10)).toEqual({ kind: "conv", perSample: 10, height: 2, width: 5 });
  const kernel = { kernel: [2, 3], dilations: [2, 1] };
  const [first, other] = [windowPlace(source, 10, 0), windowPlace(source, 10, 17)];
  expect(first).toEqual({ kind: "conv", sample: 0, y: 0, x: 0, inputY: -1, inputX: -2, ...kernel });
  expect(other).toEqual({ kind: "conv", sample: 1, y: 1, x: 2, inputY: 1, inputX: 0, ...kernel });
  expect([...kernels.gatherWindows(source, Uint32Array.of(0))]).toEqual([0, 0, 0, 0, 0, 5]);
  expect([...kernels.gatherWindows(source, Uint32Array.of(17))]).toEqual([25, 26, 27, 35, 36, 37]);
  expect(windowPlace({ ...source, conv: null }, 3, 5)).toEqual({ kind: "dense", sample: 1, vector: 2 });
  expect(windowGrid({ ...source, conv: null }, 3)).toEqual({ kind: "dense", perSample: 3 });
});
