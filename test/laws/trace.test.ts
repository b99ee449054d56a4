import { describe, expect, it } from "vitest";
import {
  layerChoices,
  loadKernels,
  parseConfig,
  record,
  simulate,
  traceGroup,
  viewCrossbar,
  zooWorkload,
} from "../../src/index.ts";
import type { Config, GroupTrace, RecordedWorkload, SimulateRequest, Workload } from "../../src/index.ts";
import { Random } from "../helpers/random.ts";
import { matrixWorkload } from "../helpers/workload.ts";

// What is shown step by step is what is counted, and ends in what is computed.

const kernels = await loadKernels();

function requestOf(workload: Workload, config: Config, layers?: readonly string[]): SimulateRequest {
  return {
    ...{ workload, config, source: { source: "test", sha256: "" }, schemes: ["naive", "orc-dof"] as const },
    ...{ seed: 0, verifyWindows: 0, outputsOf: "orc-dof" as const, ...(layers === undefined ? {} : { layers }) },
  };
}

/** Every group of every block of a matrix, on one window. */
function tracesOf(
  recorded: RecordedWorkload,
  config: Config,
  layer: number,
  matrix: number,
  window: number,
): GroupTrace[] {
  return layerChoices(recorded, config)[layer]!.groupCounts.flatMap((count, colBlock) =>
    Array.from({ length: count }, (_, group) =>
      traceGroup(recorded, config, { layer, matrix, colBlock, group }, window, kernels),
    ),
  );
}

interface Case {
  readonly config: Config;
  readonly weights: number[][];
  readonly activations: number[][];
}

function caseOf(seed: number): Case {
  const random = new Random(seed);
  const R = random.pick([5, 16, 33]);
  const weightBits = random.pick([3, 4, 8]);
  const signed = random.chance(0.5);
  const text = JSON.stringify({
    crossbar: { rows: R, cols: random.pick([7, 16, 30]), cellBits: random.pick([1, 2, 3]) },
    ou: { rows: random.pick([2, 4, 5]), cols: random.pick([3, 4, 7]) },
    precision: { weightBits, activationBits: 4 },
    sparsity: { indexBits: random.pick(["unlimited", 1, 2, 5]) },
    mapping: { coding: random.pick(["offset", "differential"]), packing: random.pick(["layer", "crossbar"]) },
    adc: seed % 3 === 0 ? { bits: random.pick([1, 2, 3]), mode: random.pick(["clip", "scale"]) } : {},
  });
  const most = 2 ** (weightBits - 1) - 1;
  const rows = random.pick([4, 20, 50]);
  return {
    config: parseConfig([{ text, place: "test" }], []),
    weights: Array.from({ length: rows }, () =>
      Array.from({ length: 5 }, () => (random.chance(0.7) ? 0 : random.integer(-most, most))),
    ),
    activations: Array.from({ length: 3 }, () =>
      Array.from({ length: rows }, () => (random.chance(0.4) ? 0 : random.integer(signed ? -7 : 0, 7))),
    ),
  };
}

describe.each(Array.from({ length: 60 }, (_, seed) => seed))("case %i", (seed) => {
  const { config, weights, activations } = caseOf(seed);
  const request = requestOf(matrixWorkload({ weights, activations }), config);

  it("has the rounds that are counted, and the accumulators that the engine computes", async () => {
    const recorded = (await record(request, 2 ** 30))!;
    const { report, outputs } = await simulate(request);
    let rounds = 0;
    for (const window of activations.keys()) {
      const sums = weights[0]!.map(() => 0);
      const products = weights[0]!.map(() => 0);
      for (const trace of tracesOf(recorded, config, 0, 0, window)) {
        rounds += trace.rounds.length;
        trace.filters.forEach((filter, place) => {
          sums[filter]! += trace.accumulators[place]!;
          products[filter]! += trace.product[place]!;
        });
        const last = trace.rounds.at(-1)?.accumulators ?? trace.accumulators;
        expect(last).toEqual(trace.accumulators);
      }
      const columns = weights[0]!.length;
      const expected = Array.from(outputs[0]!.values.slice(window * columns, (window + 1) * columns), Number);
      expect(sums).toEqual(expected);
      const exact = (_: number, col: number): number =>
        weights.reduce((sum, row, index) => sum + row[col]! * activations[window]![index]!, 0);
      expect(products).toEqual(weights[0]!.map(exact));
    }
    expect(rounds).toBe(report.totals["orc-dof"]!.ouOps);
  });

  it("opens rows of one crossbar whose bit is 1, each once a plane", async () => {
    const recorded = (await record(request, 2 ** 30))!;
    for (const { rounds, inputs, index, digits, ouRows, bitlines, emptyPlanes } of tracesOf(
      recorded,
      config,
      0,
      0,
      0,
    )) {
      expect(new Set(index.map(({ row }) => row)).size).toBe(index.length);
      const isSkippable = (row: number[]): boolean => row.every((digit, place) => digit === bitlines[place]!.zeroDigit);
      for (const [place, { isFiller }] of index.entries()) expect(isSkippable([...digits[place]!])).toBe(isFiller);
      for (const { open, plane, sums, codes, read } of rounds) {
        expect(open.length).toBeGreaterThan(0);
        expect(open.length).toBeLessThanOrEqual(ouRows);
        for (const place of open) expect((inputs[place]! >> plane) & 1).toBe(1);
        expect(sums).toEqual(bitlines.map((_, bitline) => open.reduce((sum, row) => sum + digits[row]![bitline]!, 0)));
        if (config.adc.bits === "auto") expect([codes, read]).toEqual([sums, sums]);
      }
      for (let plane = 0; plane < config.precision.activationBits; plane++) {
        const opened = rounds.filter((round) => round.plane === plane).flatMap(({ open }) => open);
        const ones = inputs.flatMap((input, place) => ((input >> plane) & 1 ? [place] : []));
        expect(opened.sort((a, b) => a - b)).toEqual(ones);
        const empty = emptyPlanes.filter((at) => at.plane === plane).map(({ crossbar }) => crossbar);
        const busy = rounds.filter((round) => round.plane === plane).map(({ crossbar }) => crossbar);
        expect(empty.filter((crossbar) => busy.includes(crossbar))).toEqual([]);
      }
    }
  });

  it("shows cells that make up the weights, and rows that the index decodes to", async () => {
    const recorded = (await record(request, 2 ** 30))!;
    const [{ rowBlockCount, groupCounts } = { rowBlockCount: 0, groupCounts: [] }] = layerChoices(recorded, config);
    for (const colBlock of groupCounts.keys()) {
      const views = Array.from({ length: rowBlockCount }, (_, rowBlock) =>
        viewCrossbar(recorded, config, { layer: 0, matrix: 0, rowBlock, colBlock }, kernels),
      );
      for (let group = 0; group < groupCounts[colBlock]!; group++) {
        const choice = { layer: 0, matrix: 0, colBlock, group };
        const { index, digits, bitlines } = traceGroup(recorded, config, choice, 0, kernels);
        const kept = views.flatMap(({ groups, firstRow }) => groups[group]!.keptRows.map((row) => firstRow + row));
        expect(index.map(({ row }) => row)).toEqual(kept);
        const fillers = views.flatMap(({ groups, firstRow }) => groups[group]!.fillerRows.map((row) => firstRow + row));
        expect(index.flatMap(({ row, isFiller }) => (isFiller ? [row] : []))).toEqual(fillers);
        for (const [place, { row }] of index.entries()) {
          const view = views.find(({ firstRow, rowCount }) => row >= firstRow && row < firstRow + rowCount)!;
          const start = (row - view.firstRow) * view.bitlineCount + view.groups[group]!.firstBitline;
          expect(Array.from(view.digits.subarray(start, start + bitlines.length))).toEqual(digits[place]);
        }
      }
      for (const { digits, skippable, topDigit } of views) {
        expect(digits.length).toBe(skippable.length);
        expect(Math.max(...digits)).toBeLessThanOrEqual(topDigit);
      }
    }
  });
});

describe("networks", () => {
  it("several samples, groups and depthwise layers are traced window by window", async () => {
    const config = parseConfig([], ["precision.weightBits=8", "precision.activationBits=4"]);
    const { workload } = zooWorkload("zoo:mobilenetv2", 1);
    const own = requestOf(workload, config, ["block2.depthwise"]);
    const recorded = (await record(own, 2 ** 30))!;
    const { outputs } = await simulate(own);
    const [windows, matrices, cols] = outputs[0]!.shape as [number, number, number];
    for (const [window, matrix] of [
      [0, 0],
      [windows - 1, matrices - 1],
      [7, 3],
    ] as const) {
      const sums = Array.from({ length: cols }, () => 0);
      for (const { filters, accumulators } of tracesOf(recorded, config, 0, matrix, window))
        filters.forEach((filter, place) => (sums[filter]! += accumulators[place]!));
      const start = (window * matrices + matrix) * cols;
      expect(sums).toEqual(Array.from(outputs[0]!.values.slice(start, start + cols), Number));
    }
  });

  it("what is not there is refused by its place", async () => {
    const config = parseConfig([], []);
    const recorded = (await record(requestOf(zooWorkload("zoo:lenet5", 1).workload, config), 2 ** 30))!;
    const choice = { layer: 0, matrix: 0, colBlock: 0, group: 0 };
    const trace =
      (other: object, window = 0) =>
      () =>
        traceGroup(recorded, config, { ...choice, ...other }, window, kernels);
    expect(trace({ layer: 9 })).toThrow("trace layer: expected 0..3, got 9");
    expect(trace({ matrix: 1 })).toThrow("trace matrix: expected 0..0, got 1");
    expect(trace({ group: -1 })).toThrow(/trace group: expected 0\.\.\d+, got -1/);
    expect(trace({}, 576)).toThrow("trace window: expected 0..575, got 576");
    expect(trace({}, 0.5)).toThrow("got 0.5");
  });
});
