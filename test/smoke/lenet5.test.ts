import { existsSync, readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { decodeArray, parseConfig, simulate } from "../../src/index.ts";
import type { NumericArray, SimulateRequest, SimulateResult } from "../../src/index.ts";
import { naiveLeNet5 } from "../helpers/naiveLeNet5.ts";

const root = new URL("../../", import.meta.url);
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, root)));
const array = (path: string): NumericArray => decodeArray(read(path), path);
const config = parseConfig(
  [{ text: new TextDecoder().decode(read("examples/lenet5/lenet5.yaml")), place: "lenet5.yaml" }],
  [],
);

function lenet5(inputs: NumericArray, labels: NumericArray, change: Partial<SimulateRequest> = {}): SimulateRequest {
  return {
    workload: { kind: "network", name: "lenet5-ssl", model: read("examples/lenet5/lenet5-ssl.onnx"), inputs, labels },
    config,
    source: { source: "lenet5-ssl.onnx", sha256: "" },
    schemes: ["naive", "orc", "dof", "orc-dof"],
    seed: 0,
    verifyWindows: 0,
    ...change,
  };
}

describe("bundled LeNet-5", () => {
  const digits = array("examples/lenet5/digits.idx3");
  const labels = array("examples/lenet5/labels.idx1");
  let result: SimulateResult;
  beforeAll(async () => {
    result = await simulate(lenet5(digits, labels, { verifyWindows: "all" }));
  });

  it("executes every window bit-serially without a mismatch", () => {
    // 576 + 64 + 1 + 1 windows a digit.
    expect(result.report.verify!.windows).toBe(digits.shape[0]! * (576 + 64 + 1 + 1));
    for (const scheme of ["naive", "orc", "dof", "orc-dof"] as const) {
      expect(result.report.verify!.schemes[scheme]).toEqual({ mismatches: 0, maxAbsError: 0 });
    }
  });

  it("predicts what an ordinary integer convolution predicts, digit by digit", () => {
    const naive = naiveLeNet5(read("examples/lenet5/lenet5-ssl.onnx"), digits);
    expect(result.predictions!.integer).toEqual(naive);
  });

  it("has the layers of the published network", () => {
    const rows = result.report.layers.map(({ name, matrixRows, matrixCols, windows }) => [
      name,
      matrixRows,
      matrixCols,
      windows,
    ]);
    const samples = digits.shape[0]!;
    expect(rows).toEqual([
      ["conv1", 25, 20, 576 * samples],
      ["conv2", 500, 50, 64 * samples],
      ["ip1", 800, 500, samples],
      ["ip2", 500, 10, samples],
    ]);
  });

  it("keeps the laws between schemes, whatever the packing", () => {
    for (const { schemes } of result.report.layers) {
      expect(schemes["orc-dof"]!.ouOps).toBeLessThanOrEqual(schemes.orc!.ouOps);
      expect(schemes["orc-dof"]!.ouOps).toBeLessThanOrEqual(schemes.dof!.ouOps);
      expect(schemes.orc!.ouOps).toBeLessThanOrEqual(schemes.naive!.ouOps);
      expect(schemes.dof!.ouOps).toBeLessThanOrEqual(schemes.naive!.ouOps);
    }
  });
});

const shared = "../shared/data/";
describe.skipIf(!existsSync(new URL(`${shared}datasets`, root)))("LeNet-5 on 1,000 digits of ../shared/data", () => {
  it("has the expected integer accuracy within 0.2 %, and real weight zeros", async () => {
    const expected = JSON.parse(new TextDecoder().decode(read(`${shared}expected/lenet5-ssl.json`)));
    const { report } = await simulate(
      lenet5(array(`${shared}datasets/mnist-test-0.images.idx3`), array(`${shared}datasets/mnist-test-0.labels.idx1`)),
    );
    expect(Math.abs(report.accuracy!.integer - expected.accuracy.subset.int16)).toBeLessThanOrEqual(0.002);
    expect(Math.abs(report.accuracy!.float - expected.accuracy.subset.float32)).toBeLessThanOrEqual(0.001);
    for (const [index, layer] of report.layers.entries()) {
      expect(layer.weights.zeroRatio).toBeCloseTo(expected.layers[index].q16.weight_sparsity, 2);
      expect(layer.weights.ouRowZeroRatio).toBeCloseTo(expected.layers[index].q16.seg2_zero, 2);
    }
  });
});
