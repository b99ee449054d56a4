import { expect, test } from "vitest";
import { atOnce } from "../../src/model/base/pace.ts";
import { inspect, loadKernels, parseConfig, simulate, zooWorkload } from "../../src/index.ts";
import type { Report, SimulateRequest } from "../../src/index.ts";
import { popcount32 } from "../../src/model/base/bits.ts";
import { chooseFormat, emptyRange, quantizeActivations, widenRange } from "../../src/stages/quantize/activations.ts";
import { InputGenerator, chooseNetwork } from "../../src/stages/zoo/index.ts";

function requestOf(
  name: string,
  changes: Partial<SimulateRequest> & { config?: SimulateRequest["config"] } = {},
): SimulateRequest {
  const seed = changes.seed ?? 0;
  const { workload, source } = zooWorkload(name, seed);
  return {
    workload,
    source: { source, sha256: "" },
    config: parseConfig([], []),
    schemes: ["naive", "orc-dof"],
    seed,
    verifyWindows: 0,
    ...changes,
  };
}

async function reportOf(name: string, changes?: Partial<SimulateRequest>): Promise<Report> {
  return (await simulate(requestOf(name, changes))).report;
}

test("a report of the zoo says where its numbers come from", async () => {
  const report = await reportOf("zoo:lenet5");
  expect(report.synthetic).toBe(true);
  expect(report.network).toEqual({ name: "lenet5", source: "zoo:lenet5@ssl seed 0", sha256: "" });
  expect(report.skipped).toEqual([]);
});

test("layers have the shapes of the table and the sparsity asked for, group by group", async () => {
  for (const name of ["lenet5", "convnet-cifar", "resnet20"]) {
    const { network, variant } = chooseNetwork(name);
    const report = await reportOf(`zoo:${name}`);
    expect(report.layers.map((layer) => layer.name)).toEqual(network.layers.map((layer) => layer.name));
    for (const [index, layer] of report.layers.entries()) {
      const { matrixRows, matrixCols, windowCount } = network.layers[index]!;
      expect([layer.matrixRows, layer.matrixCols, layer.windows]).toEqual([matrixRows, matrixCols, windowCount]);
      const { zeroRatio = 0 } = variant.sparsity[layer.name] ?? {};
      // Within one element; at the default 16 bits no weight is rounded to zero.
      expect(Math.abs(layer.weights.zeroRatio - zeroRatio) * matrixRows * matrixCols).toBeLessThanOrEqual(1);
      const { density } = network.inputs[index]!;
      const valueCount = network.layers[index]!.inputShape.reduce((a, b) => a * b, 1);
      // Values below half a step are zero, too: a share of 10^-3 at most.
      const slack = 5 * Math.sqrt((density * (1 - density)) / valueCount) + 0.002;
      expect(Math.abs(layer.activations.zeroRatio - (1 - density)), layer.name).toBeLessThan(slack + 1 / valueCount);
    }
  }
});

test("bit densities of 16-bit activations are those of real networks", async () => {
  // ResNet-20 on CIFAR-10, measured at 16 bits: 0.07 … 0.32 a layer at 19 … 84 % non-zero values, about 0.4 a non-zero value.
  const { layers } = await reportOf("zoo:resnet20");
  for (const { name, activations } of layers.slice(1, -1)) {
    const ofNonZero = activations.oneBitRatio / (1 - activations.zeroRatio);
    expect(ofNonZero, name).toBeGreaterThan(0.3);
    expect(ofNonZero, name).toBeLessThan(0.5);
  }
});

test("the same seed gives the same report, another seed another one", async () => {
  const once = await reportOf("zoo:lenet5");
  expect(await reportOf("zoo:lenet5")).toEqual(once);
  const other = await reportOf("zoo:lenet5", { seed: 1 });
  expect(other.network.source).toBe("zoo:lenet5@ssl seed 1");
  expect(other.totals["orc-dof"]!.ouOps).not.toBe(once.totals["orc-dof"]!.ouOps);
});

test("more samples are more windows of the same network", async () => {
  const one = await reportOf("zoo:lenet5");
  const three = await reportOf("zoo:lenet5", { samples: 3 });
  expect(three.layers.map(({ windows }) => windows)).toEqual(one.layers.map(({ windows }) => 3 * windows));
  expect(three.totals.naive!.ouOps).toBe(3 * one.totals.naive!.ouOps);
  expect(three.layers.map(({ orc }) => orc)).toEqual(one.layers.map(({ orc }) => orc));
  // Images differ, so their bits do.
  expect(three.totals["orc-dof"]!.ouOps).not.toBe(3 * one.totals["orc-dof"]!.ouOps);
});

test("inputs that do not fit in one batch are calibrated together and drawn sample by sample", async () => {
  // 64 MiB hold 42 inputs of the last layer, 128 x 3072 values each.
  const samples = 43;
  const { layers } = await reportOf("zoo:bert-base-layer", { samples });
  const index = layers.length - 1;
  const kernels = await loadKernels();
  const { network } = chooseNetwork("bert-base-layer");
  const inputs = new InputGenerator(network.layers[index]!, network.inputs[index]!, [0, network.name, index]);
  const config = parseConfig([], []);
  const all = atOnce(inputs.samples(0, samples));
  const format = chooseFormat(widenRange(emptyRange, all, "inputs", kernels), config, "inputs");
  let ones = 0;
  for (const code of quantizeActivations(all, format, kernels)) ones += popcount32(code);
  expect(layers[index]!.scales.activation).toBe(format.scale);
  expect(layers[index]!.activations.signed).toBe(true);
  expect(layers[index]!.activations.oneBitRatio).toBe(ones / (all.length * format.bits));
}, 60_000);

test("the sparse execution gives the integer product on drawn numbers, too", async () => {
  const { verify } = await reportOf("zoo:convnet-cifar", { verifyWindows: 8 });
  // Three convolutions with eight windows each, and the one window of the fully connected layer.
  expect(verify!.windows).toBe(25);
  for (const { mismatches } of Object.values(verify!.schemes)) expect(mismatches).toBe(0);
});

test("grouped layers come group by group, depthwise ones in one entry", async () => {
  const inspected = async (name: string) => {
    const { workload, source } = zooWorkload(name, 0);
    const { layers } = await inspect({ workload, source: { source, sha256: "" }, config: parseConfig([], []) });
    return layers;
  };
  const conv2 = (await inspected("zoo:alexnet")).filter(({ name }) => name === "conv2");
  expect(conv2.map(({ group, matrixCount, matrixCols }) => [group, matrixCount, matrixCols])).toEqual([
    [0, 1, 128],
    [1, 1, 128],
  ]);
  const depthwise = (await inspected("zoo:mobilenetv2")).filter(({ name }) => name.endsWith("depthwise"));
  expect(depthwise).toHaveLength(17);
  expect(depthwise.map(({ group, matrixRows, matrixCols }) => [group, matrixRows, matrixCols])).toEqual(
    depthwise.map(() => ["all", 9, 1]),
  );
  expect(depthwise.at(-1)!.matrixCount).toBe(960);
}, 60_000);

test("work is known from the start and ends at its total", async () => {
  const seen: { label: string; done: number; total: number }[] = [];
  await simulate(requestOf("zoo:lenet5", { verifyWindows: 3 }), { onProgress: (progress) => seen.push(progress) });
  expect(new Set(seen.map(({ total }) => total)).size).toBe(1);
  expect(seen.at(-1)!.done).toBe(seen[0]!.total);
  expect([...new Set(seen.map(({ label }) => label))]).toEqual(["conv1", "conv2", "ip1", "ip2"]);
});

test("an aborted run ends with the signal's reason", async () => {
  const controller = new AbortController();
  const run = simulate(requestOf("zoo:lenet5"), {
    signal: controller.signal,
    onProgress: () => controller.abort(new Error("enough")),
  });
  await expect(run).rejects.toThrow("enough");
});
