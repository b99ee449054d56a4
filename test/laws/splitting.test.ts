import { describe, expect, it } from "vitest";
import { SCHEMES, simulate } from "../../src/index.ts";
import type { LayerReport, NumericArray, Report, Scheme } from "../../src/index.ts";
import { drawInputs, drawWeights, onCases, run, slicesOf, wholeFilters } from "../helpers/matrixRuns.ts";
import type { MatrixRun } from "../helpers/matrixRuns.ts";
import { range } from "../helpers/oracle/cells.ts";
import type { Real } from "../helpers/oracle/floats.ts";
import { networkCase } from "../helpers/oracle/networkCase.ts";
import type { NetworkCase } from "../helpers/oracle/networkCase.ts";
import { engineConfig } from "../helpers/oracle/randomConfig.ts";
import { randomMatrix, randomMatrixConfig } from "../helpers/randomMatrix.ts";

// The counts of parts add up to the counts of the whole.

type Counts = Record<string, number>;

const countsOf = (layer: LayerReport, scheme: Scheme): Counts => {
  const { ouOps, latencyCycles, events } = layer.schemes[scheme]!;
  return { ouOps, latencyCycles, ...events };
};

const addUp = (a: Counts, b: Counts): Counts =>
  Object.fromEntries(Object.entries(a).map(([key, value]) => [key, value + b[key]!]));

function expectSum(whole: LayerReport, parts: readonly [LayerReport, LayerReport]): void {
  for (const scheme of SCHEMES) {
    const [first, second] = parts.map((part) => countsOf(part, scheme)) as [Counts, Counts];
    expect(addUp(first, second), scheme).toEqual(countsOf(whole, scheme));
  }
}

describe("a batch in two parts", () => {
  it("of a matrix adds up, and gives the outputs one after the other", () =>
    onCases(async (random) => {
      const config = randomMatrixConfig(random);
      const { weights } = randomMatrix(random, config);
      const activations = drawInputs(random, random.integer(2, 20), weights.length, config.Ba);
      const cut = random.integer(1, activations.length - 1);
      const whole = await run({ weights, activations }, config);
      const first = await run({ weights, activations: activations.slice(0, cut) }, config);
      const second = await run({ weights, activations: activations.slice(cut) }, config);
      expectSum(whole.layer, [first.layer, second.layer]);
      expect([...first.outputs, ...second.outputs]).toEqual(whole.outputs);
    }));

  const CASES = 12;
  const cases = range(0, 100)
    .map((index) => networkCase(2, index))
    .filter(({ network }) => network.values.get("x")!.run.shape[0]! > 1)
    .slice(0, CASES);
  it.each(cases)("of a network adds up, layer by layer, with the whole batch as calibration: $#", async (one) => {
    const { run: inputs } = one.network.values.get("x")!;
    const cut = inputs.shape[0]! - 1;
    const whole = await simulateSamples(one, inputs, inputs);
    const first = await simulateSamples(one, samplesOf(inputs, 0, cut), inputs);
    const second = await simulateSamples(one, samplesOf(inputs, cut, cut + 1), inputs);
    whole.layers.forEach((layer, at) => expectSum(layer, [first.layers[at]!, second.layers[at]!]));
    for (const scheme of SCHEMES) {
      const ouOps = [first, second].map(({ totals }) => totals[scheme]!.ouOps);
      expect(ouOps[0]! + ouOps[1]!).toBe(whole.totals[scheme]!.ouOps);
    }
  });
});

function samplesOf({ shape, values }: Real, from: number, to: number): Real {
  const size = values.length / shape[0]!;
  return { shape: [to - from, ...shape.slice(1)], values: values.slice(from * size, to * size) };
}

async function simulateSamples({ network, config }: NetworkCase, inputs: Real, calibration: Real): Promise<Report> {
  const array = ({ shape, values }: Real, place: string): NumericArray => ({
    ...{ place, dtype: "f4", shape, values: Float32Array.from(values) },
  });
  const { report } = await simulate({
    workload: {
      ...{ kind: "network", name: "random", model: network.bytes },
      ...{ inputs: array(inputs, "inputs"), calibration: array(calibration, "calibration") },
    },
    config: engineConfig(config),
    source: { source: "random.onnx", sha256: "" },
    ...{ schemes: SCHEMES, seed: 0, verifyWindows: 0 },
  });
  return report;
}

describe("a matrix in two parts", () => {
  const opsOf = ({ layer }: MatrixRun, schemes: readonly Scheme[]): Counts =>
    Object.fromEntries(schemes.map((scheme) => [scheme, layer.schemes[scheme]!.ouOps]));
  const orcOf = ({ layer: { orc } }: MatrixRun): Counts => ({ ...orc });

  // recom deletes columns over the whole matrix, so that what is left of them moves into other groups.
  const LOCAL = SCHEMES.filter((scheme) => scheme !== "recom");

  it("cut between column blocks adds up, and gives the outputs side by side", () =>
    onCases(async (random) => {
      const { config, perGroup, groupsPerBlock } = wholeFilters(random);
      const perBlock = perGroup * groupsPerBlock;
      expect(config.C).toBe(perBlock * slicesOf(config));
      const cut = perBlock * random.integer(1, 2);
      const rows = random.pick([5, 40, 130]);
      const weights = drawWeights(random, rows, cut + random.integer(1, 2 * perBlock), 2 ** (config.Bw - 1) - 1);
      const activations = drawInputs(random, 2, rows, config.Ba);
      const part = (from: number, to?: number): Promise<MatrixRun> =>
        run({ weights: weights.map((row) => row.slice(from, to)), activations }, config);
      const [whole, left, right] = [await part(0), await part(0, cut), await part(cut)];
      expect(addUp(opsOf(left, LOCAL), opsOf(right, LOCAL))).toEqual(opsOf(whole, LOCAL));
      expect(addUp(orcOf(left), orcOf(right))).toEqual(orcOf(whole));
      expect(left.outputs.map((window, w) => [...window, ...right.outputs[w]!])).toEqual(whole.outputs);
    }));

  it("cut between row blocks adds up when packing stays inside each crossbar, the outputs as well", () =>
    onCases(async (random) => {
      const config = { ...randomMatrixConfig(random), packing: "crossbar" as const };
      const cut = config.R * random.integer(1, 2);
      const rows = cut + random.integer(1, 2 * config.R);
      const weights = drawWeights(random, rows, 4, 2 ** (config.Bw - 1) - 1);
      const activations = drawInputs(random, 2, rows, config.Ba);
      const part = (from: number, to?: number): Promise<MatrixRun> =>
        run(
          { weights: weights.slice(from, to), activations: activations.map((window) => window.slice(from, to)) },
          config,
        );
      const [whole, above, below] = [await part(0), await part(0, cut), await part(cut)];
      expect(addUp(opsOf(above, LOCAL), opsOf(below, LOCAL))).toEqual(opsOf(whole, LOCAL));
      expect(addUp(orcOf(above), orcOf(below))).toEqual(orcOf(whole));
      expect(above.outputs.map((window, w) => window.map((value, col) => value + below.outputs[w]![col]!))).toEqual(
        whole.outputs,
      );
    }));
});
