import { expect, test } from "vitest";
import { loadKernels } from "../../../bindings/index.ts";
import { parseConfig, SCHEMES } from "../../../src/index.ts";
import type { Scheme } from "../../../src/index.ts";
import { atOnce } from "../../../src/model/base/pace.ts";
import { compressLayer } from "../../../src/stages/compress/compressLayer.ts";
import { placeMatrix } from "../../../src/stages/map/placeMatrix.ts";
import { crossbarWork, type SchemeWork } from "../../../src/stages/simulate/crossbarWork.ts";
import { schemeOus } from "../../../src/stages/simulate/schemeOus.ts";

test("crossbars share what windows that were seen share, and none works longer than its layer", async () => {
  const kernels = await loadKernels();
  const config = parseConfig(
    [],
    ["crossbar.rows=4", "crossbar.cols=4", "ou.rows=2", "ou.cols=2", "precision.weightBits=4"],
  );
  const matrix = { values: new Int16Array(8).fill(1), rowCount: 8, colCount: 1, weightBits: 4 };
  const placement = placeMatrix(8, 1, config);
  const compressed = atOnce(compressLayer([matrix], placement, [placement], config, kernels));
  const zeros = { zeroCount: 0, zeroRowCount: 0, zeroColCount: 0 };
  const ousOf = schemeOus({ matrices: [matrix], placement, compressed, zeros, config, kernels });
  const totals = Object.fromEntries(SCHEMES.map((scheme) => [scheme, { ouOps: 100, latencyCycles: 60 }])) as Record<
    Scheme,
    SchemeWork
  >;
  const seen = { dof: Float64Array.of(9, 1), orcDof: Float64Array.of(0, 0) };
  const work = crossbarWork(ousOf, 3, totals, seen);
  // 90 of 100 by its share, but its layer takes 60 cycles.
  expect([...work.dof]).toEqual([60, 10]);
  // Nothing was seen: equal shares.
  expect([...work["orc-dof"]]).toEqual([50, 50]);
  // 3 planes of every crossbar.
  expect(new Set(work.isaac)).toEqual(new Set([3]));
});
