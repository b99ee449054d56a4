import { describe, expect, it } from "vitest";
import { SCHEMES, simulate } from "../../src/index.ts";
import type { KeptRows, LayerReport } from "../../src/index.ts";
import {
  drawInputs,
  drawWeights,
  onCases,
  pickCols,
  run,
  shuffle,
  slicesOf,
  wholeFilters,
} from "../helpers/matrixRuns.ts";
import type { MatrixRun } from "../helpers/matrixRuns.ts";
import type { OracleConfig, OracleWorkload } from "../helpers/oracle.ts";
import { bitOf, chunksOf, range, total } from "../helpers/oracle/cells.ts";
import type { Random } from "../helpers/random.ts";
import { randomMatrix, randomMatrixConfig } from "../helpers/randomMatrix.ts";
import { configOf, matrixWorkload } from "../helpers/workload.ts";

// What a change of the workload does to the counts, known without counting.

describe("permuting filters in whole OU column groups", () => {
  /** A workload of whole groups, and the same with its groups in the order that `reorder` makes of 0, 1, … */
  async function permuted(
    random: Random,
    reorder: (groups: number[], groupsPerBlock: number) => number[],
  ): Promise<{ before: MatrixRun; after: MatrixRun; order: number[] }> {
    const { config, perGroup, groupsPerBlock } = wholeFilters(random);
    const groups = range(0, random.integer(2, 7));
    const rows = random.pick([5, 40, 130]);
    const weights = drawWeights(random, rows, groups.length * perGroup, 2 ** (config.Bw - 1) - 1);
    const activations = drawInputs(random, 2, rows, config.Ba);
    const order = reorder(groups, groupsPerBlock).flatMap((g) => range(g * perGroup, (g + 1) * perGroup));
    return {
      before: await run({ weights, activations }, config),
      after: await run({ weights: pickCols(weights, order), activations }, config),
      order,
    };
  }

  it("leaves everything when each stays in its column block", () =>
    onCases(async (random) => {
      const { before, after, order } = await permuted(random, (groups, groupsPerBlock) =>
        chunksOf(groups, groupsPerBlock).flatMap((block) => shuffle(random, block)),
      );
      expect(after.layer).toEqual(before.layer);
      expect(after.outputs).toEqual(pickCols(before.outputs, order));
    }));

  // occ packs the occupied bitlines of a crossbar, and latency waits for the fullest one: these see who shares it.
  it("leaves totals wherever they go", () =>
    onCases(async (random) => {
      const { before, after, order } = await permuted(random, (groups) => shuffle(random, groups));
      const totals = ({ layer }: MatrixRun): object =>
        SCHEMES.filter((scheme) => scheme !== "occ").map((scheme) => {
          const { ouOps, events, energy_pJ } = layer.schemes[scheme]!;
          return { ouOps, events, energy_pJ };
        });
      expect(totals(after)).toEqual(totals(before));
      expect(after.layer.orc).toEqual(before.layer.orc);
      expect(after.outputs).toEqual(pickCols(before.outputs, order));
    }));
});

describe("scaling weights by a power of two", () => {
  const keptRowsOf = async (workload: OracleWorkload, config: OracleConfig): Promise<KeptRows> => {
    const { keptRows } = await simulate({ ...requestOf(workload, config), collectDetail: true });
    return keptRows[0]!;
  };
  const requestOf = (workload: OracleWorkload, config: OracleConfig) => ({
    ...{ workload: matrixWorkload(workload), config: configOf(config), source: { source: "test", sha256: "" } },
    ...{ schemes: SCHEMES, seed: 0, verifyWindows: 0 },
  });

  it("leaves every row mask where groups hold whole filters", () =>
    onCases(async (random) => {
      const { config: drawn } = wholeFilters(random);
      const Bw = 8;
      const L = slicesOf({ ...drawn, Bw }) * random.integer(1, 2);
      const config = { ...drawn, Bw, L, C: 2 * L };
      const shift = random.integer(1, 5);
      const rows = random.pick([5, 40, 130]);
      const weights = drawWeights(random, rows, 5, 2 ** (Bw - 1 - shift) - 1);
      const activations = drawInputs(random, 2, rows, config.Ba);
      const scaled = weights.map((row) => row.map((w) => w * 2 ** shift));
      expect(await keptRowsOf({ weights: scaled, activations }, config)).toEqual(
        await keptRowsOf({ weights, activations }, config),
      );
      const [before, after] = [
        await run({ weights, activations }, config),
        await run({ weights: scaled, activations }, config),
      ];
      for (const scheme of ["naive", "recom", "orc", "dof", "orc-dof", "isaac"] as const)
        expect(after.layer.schemes[scheme]).toEqual(before.layer.schemes[scheme]);
    }));

  it("leaves the whole report but the step, when they are reals", () =>
    onCases(async (random) => {
      const config = randomMatrixConfig(random);
      const rows = random.pick([5, 40, 130]);
      const weights = drawWeights(random, rows, 5, 1e6).map((row) => row.map((w) => Math.fround(w * 1.1e-6)));
      const inputs = drawInputs(random, 2, rows, 20).map((window) => window.map((x) => Math.fround(x * 1.3e-3)));
      const [byWeight, byInput] = [2 ** random.integer(-20, 20), 2 ** random.integer(-20, 20)];
      const rule = random.pick(["power-of-two", "max-abs"] as const);
      const layerOf = async (weightFactor: number, inputFactor: number): Promise<LayerReport> => {
        const request = requestOf({ weights, activations: inputs }, config);
        const real = (array: (typeof request.workload)["weights"], values: number[], factor: number) => ({
          ...array,
          dtype: "f4" as const,
          values: Float32Array.from(values, (value) => value * factor),
        });
        const workload = {
          ...request.workload,
          weights: real(request.workload.weights, weights.flat(), weightFactor),
          activations: real(request.workload.activations!, inputs.flat(), inputFactor),
        };
        const precision = { ...request.config.precision, scale: rule };
        const { report } = await simulate({ ...request, workload, config: { ...request.config, precision } });
        return report.layers[0]!;
      };
      const before = await layerOf(1, 1);
      const { weight, activation } = before.scales;
      const scaleOf = (step: number, factor: number, values: number[][]): number =>
        values.flat().every((value) => value === 0) ? step : step * factor;
      expect(await layerOf(byWeight, byInput)).toEqual({
        ...before,
        scales: { weight: scaleOf(weight, byWeight, weights), activation: scaleOf(activation, byInput, inputs) },
      });
    }));
});

describe("adding a row of zero weights", () => {
  const groupCountOf = ({ C, L, ...rest }: OracleConfig, cols: number): number => {
    const arrays = rest.coding === "offset" ? 1 : 2;
    const bitlines = range(0, cols * slicesOf({ C, L, ...rest }));
    return arrays * total(chunksOf(bitlines, C).map((block) => Math.ceil(block.length / L)));
  };
  const opsOf = ({ layer }: MatrixRun): Record<string, number> =>
    Object.fromEntries(SCHEMES.map((scheme) => [scheme, layer.schemes[scheme]!.ouOps]));

  it("at the end opens OUs of naive and dof where the last ones are full, and none of orc", () =>
    onCases(async (random) => {
      const config = randomMatrixConfig(random);
      const { R, H, Ba } = config;
      const { weights, activations } = randomMatrix(random, config);
      const [K, N] = [weights.length, weights[0]!.length];
      const signed = activations.flat().some((x) => x < 0);
      const inputs = activations.map(() => random.integer(signed ? -(2 ** (Ba - 1)) : 0, 2 ** (Ba - 1) - 1));
      const before = await run({ weights, activations }, config);
      const after = await run(
        {
          weights: [...weights, weights[0]!.map(() => 0)],
          activations: activations.map((window, w) => [...window, inputs[w]!]),
        },
        config,
      );
      // By hand: the row is the next one of the last row block, or the first of a new one.
      const lastBlock = K % R === 0 ? [] : range(K - (K % R), K);
      const groups = groupCountOf(config, N);
      const opened = activations.map((window, w) =>
        range(0, Ba).filter((plane) => {
          const ones = lastBlock.filter((row) => bitOf(window[row]!, plane, Ba) === 1).length;
          return bitOf(inputs[w]!, plane, Ba) === 1 && ones % H === 0;
        }),
      );
      const { naive, dof, isaac, ...others } = opsOf(before);
      const { naive: newNaive, dof: newDof, isaac: newIsaac, ...newOthers } = opsOf(after);
      expect(newNaive! - naive!).toBe(lastBlock.length % H === 0 ? activations.length * Ba * groups : 0);
      expect(newDof! - dof!).toBe(groups * opened.flat().length);
      const { dense } = before.layer.crossbars;
      expect(newIsaac! - isaac!).toBe(
        lastBlock.length === 0 ? (activations.length * Ba * dense) / Math.ceil(K / R) : 0,
      );
      expect(newOthers).toEqual(others);
      const { keptRows, fillerRows, ouRowSegments } = before.layer.orc;
      expect(after.layer.orc).toMatchObject({ keptRows, fillerRows, ouRowSegments: ouRowSegments + groups });
      expect(after.outputs).toEqual(before.outputs);
    }));

  it("anywhere leaves recom, orc and orc-dof when the index is unlimited and packing goes over the whole layer", () =>
    onCases(async (random) => {
      const config: OracleConfig = { ...randomMatrixConfig(random), indexBits: "unlimited", packing: "layer" };
      const { weights, activations } = randomMatrix(random, config);
      const at = random.integer(0, weights.length);
      const insert = <T>(items: readonly T[], item: T): T[] => [...items.slice(0, at), item, ...items.slice(at)];
      const before = await run({ weights, activations }, config);
      const after = await run(
        {
          weights: insert(
            weights,
            weights[0]!.map(() => 0),
          ),
          activations: activations.map((window) => insert(window, 2 ** (config.Ba - 1) - 1)),
        },
        config,
      );
      const kept = ({ layer }: MatrixRun): object[] =>
        (["recom", "orc", "orc-dof"] as const).map((scheme) => {
          const { ouOps, latencyCycles, events } = layer.schemes[scheme]!;
          return { ouOps, latencyCycles, cellReads: events.cellReads, dacRows: events.dacRows };
        });
      expect(kept(after)).toEqual(kept(before));
      expect(after.layer.orc.keptRows).toBe(before.layer.orc.keptRows);
      expect(after.outputs).toEqual(before.outputs);
    }));
});
