import { describe, expect, test } from "vitest";
import { InputError } from "../../src/index.ts";
import type { PruneSpec } from "../../src/index.ts";
import { cutIntoRuns } from "../../src/model/base/runs.ts";
import type { PrunableLayer } from "../../src/model/ir/prune.ts";
import { chooseOrders } from "../../src/stages/prune/permute.ts";
import { pruneLayers } from "../../src/stages/prune/pruneLayers.ts";
import { selectUnits } from "../../src/stages/prune/selectUnits.ts";
import { Random } from "../helpers/random.ts";

// prune: layers → layers; sparsity asked for = sparsity delivered, exactly; what goes is what is least.

/** Some layers of odd shapes; few distinct weights make ties, and some are zero before. */
function drawLayers(random: Random, zeroShare: number): PrunableLayer[] {
  return Array.from({ length: random.integer(1, 4) }, (_, index) => {
    const [groupCount, matrixRows, matrixCols] = [random.integer(1, 3), random.integer(1, 40), random.integer(1, 21)];
    const isCoarse = random.chance(0.3);
    const draw = (): number => {
      if (random.chance(zeroShare)) return 0;
      return isCoarse ? random.pick([-2, -1, 1, 2]) : random.unit() * 2 - 1 || 1;
    };
    return {
      name: `layer${index}`,
      groupCount,
      matrixRows,
      matrixCols,
      weights: Float32Array.from({ length: groupCount * matrixRows * matrixCols }, draw),
      colGroups: cutIntoRuns(matrixCols, random.integer(1, 5)),
      isOutput: false,
    };
  });
}

function drawSpec(random: Random, method: PruneSpec["method"]): PruneSpec {
  const m = random.integer(2, 9);
  const nOfM: [number, number] = [random.integer(1, m - 1), m];
  return {
    method,
    sparsity: method === "n:m" ? 1 - nOfM[0] / m : random.unit() * 0.95,
    scope: method === "n:m" ? "global" : random.pick(["global", "layer"]),
    nOfM,
    block: { rows: random.integer(1, 9), cols: random.integer(1, 6) },
  };
}

const total = (layers: readonly PrunableLayer[]): number =>
  layers.reduce((sum, { weights }) => sum + weights.length, 0);
const removedIn = (masks: readonly Uint8Array[]): number =>
  masks.reduce((sum, mask) => sum + mask.reduce((count, kept) => count + 1 - kept, 0), 0);

const unstructured = ["magnitude", "block", "ou", "n:m"] as const;
const structured = ["ssl-rows", "ssl-cols", "ssl"] as const;

describe("sparsity asked for = sparsity delivered", () => {
  test.each([...unstructured, ...structured])("%s", (method) => {
    const random = new Random(method.length);
    let reached = 0;
    for (let turn = 0; turn < 60; turn++) {
      const layers = drawLayers(random, method === "n:m" ? 0 : random.pick([0, 0.1]));
      const spec = drawSpec(random, method);
      let masks: Uint8Array[];
      try {
        masks = pruneLayers(layers, spec);
      } catch (error) {
        // More zeros before, or too little may go when whole rows must stay.
        expect(error).toBeInstanceOf(InputError);
        continue;
      }
      reached++;
      const sets =
        spec.scope === "layer" ? layers.map((layer, i) => [[layer], [masks[i]!]] as const) : [[layers, masks] as const];
      for (const [some, theirs] of sets) expect(removedIn(theirs)).toBe(Math.round(spec.sparsity * total(some)));
      // Zeros stay zeros.
      expect(layers.every(({ weights }, i) => weights.every((weight, at) => weight !== 0 || masks[i]![at] === 0))).toBe(
        true,
      );
    }
    expect(reached).toBeGreaterThan(30);
  });

  test("n:m keeps N of each M rows of a column", () => {
    const random = new Random(3);
    for (let turn = 0; turn < 30; turn++) {
      const layers = drawLayers(random, 0);
      const { nOfM } = drawSpec(random, "n:m");
      const [n, m] = nOfM;
      const masks = pruneLayers(layers, { ...drawSpec(random, "n:m"), nOfM });
      layers.forEach(({ groupCount, matrixRows, matrixCols, weights }, index) => {
        for (let group = 0; group < groupCount; group++) {
          for (let col = 0; col < matrixCols; col++) {
            for (let start = 0; start + m <= matrixRows; start += m) {
              const block = Array.from(
                { length: m },
                (_, row) => (group * matrixRows + start + row) * matrixCols + col,
              );
              const [kept, gone] = [1, 0].map((bit) =>
                block.filter((at) => masks[index]![at] === bit).map((at) => Math.abs(weights[at]!)),
              );
              expect(kept!.length).toBe(n);
              expect(Math.min(...kept!)).toBeGreaterThanOrEqual(Math.max(...gone!));
            }
          }
        }
      });
    }
  });

  test("refuses less than is zero already, and more than rows and columns can give", () => {
    const layer = {
      ...drawLayers(new Random(1), 0)[0]!,
      groupCount: 1,
      matrixRows: 4,
      matrixCols: 4,
      colGroups: cutIntoRuns(4, 2),
    };
    const dense = { ...layer, weights: new Float32Array(16).fill(1) };
    const sparse = { ...layer, weights: Float32Array.from({ length: 16 }, (_, i) => i % 2) };
    const spec = drawSpec(new Random(1), "magnitude");
    expect(() => pruneLayers([sparse], { ...spec, sparsity: 0.25 })).toThrow(
      "expected at least 0.5, which are zero already, got 0.25",
    );
    expect(() => pruneLayers([dense], { ...spec, method: "ssl-rows", sparsity: 0.8 })).toThrow(
      "expected less, so that ssl-rows leaves a row and a column of each layer, got 0.8",
    );
    expect(() => pruneLayers([{ ...dense, isOutput: true }], { ...spec, method: "ssl-cols", sparsity: 0.5 })).toThrow(
      InputError,
    );
    expect(removedIn(pruneLayers([dense], { ...spec, method: "ssl-rows", sparsity: 0.75 }))).toBe(12);
  });
});

describe("what goes is what is least", () => {
  test("magnitude: no kept weight is smaller than a removed one", () => {
    const random = new Random(11);
    for (let turn = 0; turn < 40; turn++) {
      const layers = drawLayers(random, 0);
      const masks = pruneLayers(layers, { ...drawSpec(random, "magnitude"), scope: "global" });
      const magnitudes = (bit: number): number[] =>
        layers.flatMap(({ weights }, i) => [...weights].filter((_, at) => masks[i]![at] === bit).map(Math.abs));
      expect(Math.max(0, ...magnitudes(0))).toBeLessThanOrEqual(Math.min(Infinity, ...magnitudes(1)));
    }
  });

  test.each(["ou", "block"] as const)(
    "%s: whole pieces go, but for one; none kept is weaker than one removed",
    (method) => {
      const random = new Random(12);
      for (let turn = 0; turn < 40; turn++) {
        const layers = drawLayers(random, 0);
        const spec: PruneSpec = { ...drawSpec(random, method), scope: "global" };
        const masks = pruneLayers(layers, spec);
        const pieces = layers.flatMap((layer, i) => {
          const { groupCount, matrixRows, matrixCols, colGroups, weights } = layer;
          const cols = method === "ou" ? colGroups : cutIntoRuns(matrixCols, spec.block.cols);
          const rows = cutIntoRuns(matrixRows, method === "ou" ? 1 : spec.block.rows);
          return Array.from({ length: groupCount }, (_, group) => group).flatMap((group) =>
            rows.flatMap((rowRun) =>
              cols.map((colRun) => {
                const at = Array.from(
                  { length: rowRun.count * colRun.count },
                  (_, e) =>
                    (group * matrixRows + rowRun.start + Math.floor(e / colRun.count)) * matrixCols +
                    colRun.start +
                    (e % colRun.count),
                );
                const square = at.reduce((sum, a) => sum + weights[a]! ** 2, 0) / at.length;
                return {
                  norm: Math.fround(Math.sqrt(square)),
                  kept: at.filter((a) => masks[i]![a] === 1).length,
                  size: at.length,
                };
              }),
            ),
          );
        });
        expect(pieces.filter(({ kept, size }) => kept > 0 && kept < size).length).toBeLessThanOrEqual(1);
        const gone = Math.max(0, ...pieces.filter(({ kept }) => kept === 0).map(({ norm }) => norm));
        expect(gone).toBeLessThanOrEqual(
          Math.min(Infinity, ...pieces.filter(({ kept }) => kept > 0).map(({ norm }) => norm)),
        );
      }
    },
  );

  test("ssl: what is left is a matrix without some rows and columns, but for one line that is cut", () => {
    const random = new Random(13);
    for (let turn = 0; turn < 40; turn++) {
      const layers = drawLayers(random, 0).map((layer) => ({
        ...layer,
        groupCount: 1,
        weights: layer.weights.slice(0, layer.matrixRows * layer.matrixCols),
      }));
      let masks: Uint8Array[];
      try {
        masks = pruneLayers(layers, { ...drawSpec(random, "ssl"), scope: "global" });
      } catch {
        continue;
      }
      let cutLines = 0;
      layers.forEach(({ matrixRows, matrixCols }, i) => {
        const kept = (row: number, col: number): boolean => masks[i]![row * matrixCols + col] === 1;
        const rows = Array.from({ length: matrixRows }, (_, row) => row);
        const cols = Array.from({ length: matrixCols }, (_, col) => col);
        const [someRows, someCols] = [
          rows.filter((row) => cols.some((col) => kept(row, col))),
          cols.filter((col) => rows.some((row) => kept(row, col))),
        ];
        const holes = someRows.flatMap((row) =>
          someCols.filter((col) => !kept(row, col)).map((col) => [row, col] as const),
        );
        if (holes.length === 0) return;
        cutLines++;
        expect(new Set(holes.map(([row]) => row)).size === 1 || new Set(holes.map(([, col]) => col)).size === 1).toBe(
          true,
        );
      });
      expect(cutLines).toBeLessThanOrEqual(1);
    }
  });

  test("selection without sorting equals sorting", () => {
    const random = new Random(14);
    for (let turn = 0; turn < 50; turn++) {
      const scores = Float32Array.from({ length: random.integer(1, 300) }, () =>
        random.pick([0, 1e-42, random.unit(), 1, 1 + 2 ** -23, 3e38]),
      );
      const counts = Uint32Array.from(scores, () => random.integer(0, 9));
      const all = counts.reduce((sum, count) => sum + count, 0);
      const target = random.integer(0, all);
      const cut = selectUnits([{ keys: new Uint32Array(scores.buffer), counts }], target)!;
      const threshold = new Float32Array(Uint32Array.of(cut.threshold).buffer)[0]!;
      const below = counts.filter((_, u) => scores[u]! < threshold).reduce((sum, count) => sum + count, 0);
      const at = counts.filter((_, u) => scores[u] === threshold).reduce((sum, count) => sum + count, 0);
      expect(below + cut.atThreshold).toBe(target);
      expect(cut.atThreshold).toBeLessThanOrEqual(at);
      expect(selectUnits([{ keys: new Uint32Array(scores.buffer), counts }], all + 1)).toBeNull();
    }
  });
});

describe("an order of columns", () => {
  test("is a permutation within each group", () => {
    const random = new Random(21);
    for (let turn = 0; turn < 30; turn++) {
      const layers = drawLayers(random, 0.5);
      const orders = chooseOrders(
        layers,
        { ...drawSpec(random, random.pick(["ou", "magnitude"])), sparsity: 0.8 },
        () => true,
      );
      expect(orders.size).toBe(layers.length);
      for (const [{ groupCount, matrixCols }, order] of orders) {
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: groupCount * matrixCols }, (_, i) => i));
        order.forEach((old, at) => expect(Math.floor(old / matrixCols)).toBe(Math.floor(at / matrixCols)));
      }
    }
  });

  test("brings columns together that have the same zero rows", () => {
    // Four kinds of columns, dealt out in turn; each kind lives in rows of its own.
    const [matrixRows, matrixCols] = [32, 16];
    const kindOf = (col: number): number => col % 4;
    const weights = Float32Array.from({ length: matrixRows * matrixCols }, (_, at) =>
      kindOf(at % matrixCols) === Math.floor(at / matrixCols / 8) ? 1 + at / 1e4 : 0,
    );
    const layer = {
      name: "a",
      groupCount: 1,
      matrixRows,
      matrixCols,
      weights,
      colGroups: cutIntoRuns(matrixCols, 4),
      isOutput: false,
    };
    for (const method of ["magnitude", "ou"] as const) {
      const order = chooseOrders(
        [layer],
        { ...drawSpec(new Random(1), method), sparsity: 0.75, scope: "global" },
        () => true,
      ).get(layer)!;
      for (let group = 0; group < 4; group++) {
        expect(new Set([...order.slice(group * 4, group * 4 + 4)].map(kindOf)).size).toBe(1);
      }
    }
  });

  test("never costs more kept energy than the natural order, for OU rows of two", () => {
    const random = new Random(22);
    for (let turn = 0; turn < 10; turn++) {
      const [matrixRows, matrixCols] = [64, 12];
      const weights = Float32Array.from({ length: matrixRows * matrixCols }, () => (random.unit() * 2 - 1) ** 3);
      const layer = {
        name: "a",
        groupCount: 1,
        matrixRows,
        matrixCols,
        weights,
        colGroups: cutIntoRuns(matrixCols, 2),
        isOutput: false,
      };
      const spec: PruneSpec = { ...drawSpec(random, "ou"), sparsity: 0.8, scope: "global" };
      const order = chooseOrders([layer], spec, () => true).get(layer)!;
      const permuted = {
        ...layer,
        weights: weights.map((_, at) => weights[at - (at % matrixCols) + order[at % matrixCols]!]!),
      };
      const kept = (some: PrunableLayer): number => {
        const [mask] = pruneLayers([some], spec);
        return some.weights.reduce((sum, weight, at) => sum + mask![at]! * weight * weight, 0);
      };
      expect(kept(permuted)).toBeGreaterThan(kept(layer));
    }
  });
});
