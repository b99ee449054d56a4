import { describe, expect, it } from "vitest";
import { atOnce } from "../../src/model/base/pace.ts";
import {
  InputError,
  layerChoices,
  loadKernels,
  parseConfig,
  record,
  simulate,
  traceGroup,
  viewCrossbar,
  zooWorkload,
} from "../../src/index.ts";
import type { Config, CrossbarView, GroupTrace, RecordedWorkload, SimulateRequest, Workload } from "../../src/index.ts";
import { compressLayer } from "../../src/stages/compress/compressLayer.ts";
import { placeMatrix } from "../../src/stages/map/placeMatrix.ts";
import { oracle } from "../helpers/oracle.ts";
import type { OracleConfig } from "../helpers/oracle.ts";
import { Random } from "../helpers/random.ts";
import { configOf, matrixWorkload } from "../helpers/workload.ts";

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
  readonly config: OracleConfig;
  readonly weights: number[][];
  readonly activations: number[][];
}

function caseOf(seed: number): Case {
  const random = new Random(seed);
  const c = random.pick([1, 2, 3]);
  const H = random.pick([2, 4, 5]);
  const Bw = random.pick([3, 4, 8]);
  const coding = random.pick(["offset", "differential"] as const);
  const lossless = Math.ceil(Math.log2(H * (2 ** c - 1) + 1));
  const isNarrow = random.chance(0.4) && lossless > 1;
  const config: OracleConfig = {
    ...{ R: random.pick([5, 16, 33]), C: random.pick([7, 16, 30]), H, L: random.pick([3, 4, 7]), c, Bw, Ba: 4, coding },
    indexBits: random.pick(["unlimited", 1, 2, 5] as const),
    packing: random.pick(["layer", "crossbar"] as const),
    ...{ fillCycles: 3, emptyPlaneCycles: 0 },
    adcBits: isNarrow ? random.integer(1, lossless - 1) : lossless + random.integer(0, 1),
    adcMode: random.pick(["clip", "scale"] as const),
  };
  const most = 2 ** (Bw - 1) - 1;
  // Magnitudes leave the lowest weight out.
  const least = coding === "offset" ? -most - 1 : -most;
  const [low, high] = random.chance(0.5) ? [-8, 7] : [0, 15];
  const rows = random.pick([4, 20, 50]);
  return {
    config,
    weights: Array.from({ length: rows }, () =>
      Array.from({ length: 5 }, () => (random.chance(0.7) ? 0 : random.integer(least, most))),
    ),
    activations: Array.from({ length: 3 }, () =>
      Array.from({ length: rows }, () => (random.chance(0.4) ? 0 : random.integer(low, high))),
    ),
  };
}

describe.each(Array.from({ length: 60 }, (_, seed) => seed))("case %i", (seed) => {
  const { config: words, weights, activations } = caseOf(seed);
  const config = configOf(words);
  const isLossless = 2 ** words.adcBits > words.H * (2 ** words.c - 1);
  const request = requestOf(matrixWorkload({ weights, activations }), config);

  it("has the rounds that are counted, and the accumulators that the engine computes", async () => {
    const recorded = (await record(request, 2 ** 30))!;
    const { report, outputs } = await simulate(request);
    let rounds = 0;
    const expectedOutputs = oracle({ weights, activations }, words).outputs["orc-dof"];
    for (const window of activations.keys()) {
      const before = rounds;
      const sums = weights[0]!.map(() => 0);
      const products = weights[0]!.map(() => 0);
      const exact = (_: number, col: number): number =>
        weights.reduce((sum, row, index) => sum + row[col]! * activations[window]![index]!, 0);
      const integers = weights[0]!.map(exact);
      for (const trace of tracesOf(recorded, config, 0, 0, window)) {
        rounds += trace.rounds.length;
        trace.filters.forEach((filter, place) => {
          sums[filter]! += trace.accumulators[place]!;
          products[filter]! += trace.product[place]!;
          expect(trace.integers[place]).toBe(integers[filter]);
          const slices = trace.bitlines.filter((bitline) => bitline.filter === filter).length;
          const isWhole = words.coding === "offset" && slices === Math.ceil(words.Bw / words.c);
          expect(trace.isWhole[place]).toBe(isWhole);
          if (isWhole) expect(trace.product[place]).toBe(integers[filter]);
        });
        const last = trace.rounds.at(-1)?.accumulators ?? trace.accumulators;
        expect(last).toEqual(trace.accumulators);
      }
      const columns = weights[0]!.length;
      const expected = Array.from(outputs[0]!.values.slice(window * columns, (window + 1) * columns), Number);
      expect(sums).toEqual(expected);
      expect(sums).toEqual(expectedOutputs[window]);
      const alone = oracle({ weights, activations: [activations[window]!] }, words);
      expect(rounds - before).toBe(alone.schemes["orc-dof"].ouOps);
      if (isLossless) expect(sums).toEqual(products);
      expect(products).toEqual(integers);
    }
    expect(rounds).toBe(report.totals["orc-dof"]!.ouOps);
  });

  it("has the rounds and the empty planes that the engine counts for each group alone", async () => {
    const recorded = (await record(request, 2 ** 30))!;
    const { layer } = recorded.sets[0]!.entries[0]!;
    const { codes } = recorded.sets[0]!.batches[0]!.get(layer.inputTensor)!;
    const placement = placeMatrix(weights.length, weights[0]!.length, config);
    for (const [colBlock, block] of placement.colBlocks.entries()) {
      for (const [group, run] of block.groups.entries()) {
        const alone = { ...placement, colBlocks: [{ ...block, groups: [run] }] };
        const { orcSegments } = atOnce(compressLayer(layer.matrices, alone, [], config, kernels));
        for (const window of activations.keys()) {
          const own = codes.subarray(window * weights.length, (window + 1) * weights.length);
          const shape = { windowCount: 1, vectorCount: 1, rowCount: weights.length, bits: layer.activations.bits };
          const planes = kernels.packBitPlanes(own, shape);
          const counted = kernels.countOuCycles(planes, orcSegments, words.H, 0);
          const trace = traceGroup(recorded, config, { layer: 0, matrix: 0, colBlock, group }, window, kernels);
          expect(trace.rounds.length).toBe(counted.ouOps);
          expect(trace.emptyPlanes.length).toBe(counted.emptyPlanes);
          const opened = trace.rounds.reduce((sum, { open }) => sum + open.length, 0);
          expect(opened).toBe(counted.openRows);
        }
      }
    }
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
        if (isLossless && words.adcMode === "clip") expect([codes, read]).toEqual([sums, sums]);
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

  it("shows cells that make up the weights, where they are placed and packed together", async () => {
    const recorded = (await record(request, 2 ** 30))!;
    const [{ rowBlockCount, groupCounts } = { rowBlockCount: 0, groupCounts: [] }] = layerChoices(recorded, config);
    for (const isPacked of [false, true]) {
      const made = weights.map((row) => row.map(() => 0));
      let crossbarCount = 0;
      for (const colBlock of groupCounts.keys()) {
        const view = (rowBlock: number): CrossbarView =>
          viewCrossbar(recorded, config, { layer: 0, matrix: 0, colBlock, isPacked, rowBlock }, kernels);
        const views = [view(0)];
        for (let rowBlock = 1; rowBlock < views[0]!.crossbarCount; rowBlock++) views.push(view(rowBlock));
        crossbarCount += views[0]!.crossbarCount;
        if (!isPacked) expect(views.length).toBe(rowBlockCount);
        for (let group = 0; group < groupCounts[colBlock]!; group++) {
          const choice = { layer: 0, matrix: 0, colBlock, group };
          const { index, digits, bitlines, filters, ...trace } = traceGroup(recorded, config, choice, 0, kernels);
          expect(trace.weights).toEqual(index.map(({ row }) => filters.map((filter) => weights[row]![filter])));
          const rowsSeen: { row: number; isFiller: boolean; digits: number[] }[] = [];
          for (const { groups } of views) {
            const { rows, isKept, isFiller, digits: cells, isSkippable } = groups[group]!;
            expect(rows.length).toBeLessThanOrEqual(words.R);
            for (const [wordline, row] of rows.entries()) {
              const own = Array.from(cells.subarray(wordline * bitlines.length, (wordline + 1) * bitlines.length));
              for (const [place, { filter, slice, sign, zeroDigit }] of bitlines.entries()) {
                made[row]![filter]! += sign * (own[place]! - zeroDigit) * 2 ** (words.c * slice);
                expect(isSkippable[wordline * bitlines.length + place]).toBe(own[place] === zeroDigit ? 1 : 0);
              }
              if (isPacked) expect(isKept[wordline]).toBe(1);
              if (isKept[wordline] === 1) rowsSeen.push({ row, isFiller: isFiller[wordline] === 1, digits: own });
              else expect(isFiller[wordline]).toBe(0);
            }
          }
          expect(rowsSeen).toEqual(index.map(({ row, isFiller }, place) => ({ row, isFiller, digits: digits[place] })));
        }
        expect(() => view(Math.max(1, views.length))).toThrow(/^trace rowBlock: expected 0\.\.\d+, got \d+$/);
      }
      expect(made).toEqual(weights);
      const { report } = await simulate(request);
      const { dense, orc } = report.layers[0]!.crossbars;
      expect(crossbarCount).toBe(isPacked ? orc : dense);
    }
  });
});

it("cases are of every kind", () => {
  const cases = Array.from({ length: 60 }, (_, seed) => caseOf(seed));
  const kinds = cases.map(({ config: { coding, packing, adcMode, adcBits, H, c }, activations }) => [
    ...[coding, packing, adcMode, 2 ** adcBits > H * (2 ** c - 1) ? "lossless" : "narrow"],
    activations.flat().some((input) => input < 0) ? "signed" : "unsigned",
  ]);
  const seen = new Set(kinds.map((kind) => kind.join(" ")));
  for (const words of ["offset", "differential", "layer", "crossbar", "clip", "scale", "signed", "unsigned"])
    for (const other of ["lossless", "narrow"])
      expect([...seen].some((kind) => kind.split(" ").includes(words) && kind.includes(other))).toBe(true);
});

/** The same recording with each batch cut into its samples, as networks too large for one batch have it. */
function inSamples(recorded: RecordedWorkload): RecordedWorkload {
  const { sampleCount } = recorded;
  const sets = recorded.sets.map(({ entries, batches }) => ({
    entries,
    batches: batches.flatMap((batch) =>
      Array.from(
        { length: sampleCount },
        (_, sample) =>
          new Map(
            Array.from(batch, ([name, { codes, shape }]) => {
              const count = codes.length / sampleCount;
              const own = codes.slice(sample * count, (sample + 1) * count);
              return [name, { codes: own, shape: [shape[0]! / sampleCount, ...shape.slice(1)] }] as const;
            }),
          ),
      ),
    ),
  }));
  return { ...recorded, sets };
}

describe("networks", () => {
  it.each([
    // Depthwise: 192 matrices in one entry.
    { zoo: "zoo:mobilenetv2", layer: "block7.depthwise", matrices: [0, 3, 191] },
    // Two groups, each an entry of its own.
    { zoo: "zoo:caffenet", layer: "conv5", matrices: [0] },
    { zoo: "zoo:lenet5", layer: "ip2", matrices: [0] },
  ])("$layer, two samples, is traced window by window", async ({ zoo, layer: name, matrices }) => {
    const config = parseConfig([], ["precision.weightBits=8", "precision.activationBits=4"]);
    const own = { ...requestOf(zooWorkload(zoo, 1).workload, config, [name]), samples: 2 };
    const recorded = (await record(own, 2 ** 30))!;
    const cut = inSamples(recorded);
    const { outputs } = await simulate(own);
    for (const [layer, { windowCount, matrixCount, groupCounts }] of layerChoices(recorded, config).entries()) {
      const cols = outputs[layer]!.shape.at(-1)!;
      expect(outputs[layer]!.values.length).toBe(windowCount * matrixCount * cols);
      for (const matrix of matrices) {
        for (const window of [0, Math.floor(windowCount / 3), windowCount / 2, windowCount - 1]) {
          const traces = tracesOf(recorded, config, layer, matrix, window);
          const sums = Array.from({ length: cols }, () => 0);
          for (const { filters, accumulators } of traces)
            filters.forEach((filter, place) => (sums[filter]! += accumulators[place]!));
          const start = (window * matrixCount + matrix) * cols;
          expect(sums).toEqual(Array.from(outputs[layer]!.values.slice(start, start + cols), Number));
          const colBlock = groupCounts.length - 1;
          const group = groupCounts[colBlock]! - 1;
          const again = traceGroup(cut, config, { layer, matrix, colBlock, group }, window, kernels);
          expect(again).toEqual(traces.at(-1));
        }
      }
    }
  });

  it("a window of a convolution lies where its inputs are read", async () => {
    const config = parseConfig([], ["precision.activationBits=4"]);
    const own = { ...requestOf(zooWorkload("zoo:mobilenetv2", 1).workload, config, ["block7.depthwise"]), samples: 2 };
    const recorded = (await record(own, 2 ** 30))!;
    const [{ windows, windowCount } = { windows: { kind: "dense" as const, perSample: 0 }, windowCount: 0 }] =
      layerChoices(recorded, config);
    expect(windows).toEqual({ kind: "conv", perSample: 14 * 14, height: 14, width: 14 });
    expect(windowCount).toBe(2 * 14 * 14);
    const { layer } = recorded.sets[0]!.entries[0]!;
    const { codes, shape } = recorded.sets[0]!.batches[0]!.get(layer.inputTensor)!;
    const [, channels, height, width] = shape as [number, number, number, number];
    // Depthwise: matrix m reads channel m; 3x3 kernel, stride 2, one pixel of padding.
    for (const [window, sample, y, x] of [
      [0, 0, 0, 0],
      [15, 0, 1, 1],
      [14 * 14 - 1, 0, 13, 13],
      [14 * 14 + 14 * 2 + 5, 1, 2, 5],
    ] as const) {
      const choice = { layer: 0, matrix: 7, colBlock: 0, group: 0 };
      const { place, index, inputs } = traceGroup(recorded, config, choice, window, kernels);
      const corner = { inputY: 2 * y - 1, inputX: 2 * x - 1 };
      expect(place).toEqual({ kind: "conv", sample, y, x, ...corner, kernel: [3, 3], dilations: [1, 1] });
      const pixels = index.map(({ row }) => {
        const [pixelY, pixelX] = [corner.inputY + Math.floor(row / 3), corner.inputX + (row % 3)];
        const isInside = pixelY >= 0 && pixelY < height && pixelX >= 0 && pixelX < width;
        return isInside ? codes[((sample * channels + 7) * height + pixelY) * width + pixelX] : 0;
      });
      expect(index.length).toBe(9);
      expect(inputs).toEqual(pixels);
    }
  });

  it("one layer is looked at without the weights of the others", async () => {
    const config = parseConfig([], []);
    const recorded = (await record(requestOf(zooWorkload("zoo:lenet5", 1).workload, config), 2 ** 30))!;
    const sets = recorded.sets.map((set, place) => {
      const closed = (layer: (typeof set.entries)[number]["layer"]): typeof layer =>
        Object.defineProperty({ ...layer }, "matrices", {
          get: () => {
            throw new Error(`${layer.name} was read`);
          },
        });
      const entries = set.entries.map((entry) => (place === 1 ? entry : { ...entry, layer: closed(entry.layer) }));
      return { ...set, entries };
    });
    const others = { ...recorded, sets };
    const choice = { layer: 1, matrix: 0, colBlock: 0 };
    const trace = traceGroup(others, config, { ...choice, group: 0 }, 5, kernels);
    expect(trace).toEqual(traceGroup(recorded, config, { ...choice, group: 0 }, 5, kernels));
    const { groups } = viewCrossbar(others, config, { ...choice, isPacked: false, rowBlock: 0 }, kernels);
    expect(groups[0]!.rows.length).toBe(128);
    expect(() => traceGroup(others, config, { ...choice, layer: 0, group: 0 }, 5, kernels)).toThrow("conv1 was read");
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
    expect(trace({ colBlock: 99 })).toThrow(/trace colBlock: expected 0\.\.\d+, got 99/);
    expect(trace({ layer: NaN })).toThrow("trace layer: expected 0..3, got NaN");
    const view = (other: object) => () =>
      viewCrossbar(
        recorded,
        config,
        { layer: 0, matrix: 0, colBlock: 0, isPacked: false, rowBlock: 0, ...other },
        kernels,
      );
    expect(view({ rowBlock: 1 })).toThrow("trace rowBlock: expected 0..0, got 1");
    expect(view({ layer: -1 })).toThrow(InputError);
    expect(trace({ group: -1 })).toThrow(/trace group: expected 0\.\.\d+, got -1/);
    expect(trace({}, 576)).toThrow("trace window: expected 0..575, got 576");
    expect(trace({}, 0.5)).toThrow("got 0.5");
    const other = parseConfig([], ["precision.weightBits=8"]);
    expect(() => traceGroup(recorded, other, choice, 0, kernels)).toThrow(/was recorded by, got other keys$/);
    expect(() => viewCrossbar(recorded, other, { ...choice, isPacked: false, rowBlock: 0 }, kernels)).toThrow(
      /was recorded by, got other keys$/,
    );
  });
});
