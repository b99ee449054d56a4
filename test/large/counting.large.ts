import { expect, it } from "vitest";
import { SCHEMES, loadKernels, parseConfig, simulate, zooWorkload } from "../../src/index.ts";
import type { Kernels, SimulateRequest, SimulateResult } from "../../src/index.ts";

function requestOf(name: string, changes: Partial<SimulateRequest> = {}): SimulateRequest {
  const { workload, source } = zooWorkload(name, 0);
  const config = parseConfig([], []);
  return { workload, source: { source, sha256: "" }, config, schemes: SCHEMES, seed: 0, verifyWindows: 0, ...changes };
}

const withKernels = (request: SimulateRequest, kernels: Kernels): Promise<SimulateResult> =>
  simulate(request, { kernels });

// The popcount path has no bit slices; the differential suite holds it to the plain twin at small sizes.
it.each(["zoo:caffenet", "zoo:googlenet", "zoo:resnet50", "zoo:mobilenetv2", "zoo:bert-base-layer", "zoo:vgg16"])(
  "bit slices count every window of %s as popcounts do",
  async (name) => {
    const sliced = await withKernels(requestOf(name), await loadKernels({ target: "simd" }));
    const counted = await withKernels(requestOf(name), await loadKernels({ target: "scalar" }));
    expect(sliced.report).toEqual(counted.report);
  },
);

it.each(["layer", "crossbar"] as const)(
  "the plain twin agrees on a whole layer of LeNet-5 size, %s packing",
  async (packing) => {
    const request = requestOf("zoo:lenet5", { config: parseConfig([], [`mapping.packing=${packing}`]), samples: 4 });
    const fast = await withKernels(request, await loadKernels());
    const twin = await withKernels(request, await loadKernels({ target: "typescript" }));
    expect(fast.report).toEqual(twin.report);
  },
);

it("100 images of VGG-16 stream through at constant memory", async () => {
  const peak_MiB = async (samples: number): Promise<number> => {
    let most = 0;
    const watch = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
    await simulate(requestOf("zoo:vgg16", { samples }));
    clearInterval(watch);
    return most / 2 ** 20;
  };
  const few = await peak_MiB(8);
  const many = await peak_MiB(100);
  console.log(`peak memory: ${few.toFixed(0)} MiB for 8 images, ${many.toFixed(0)} MiB for 100`);
  expect(many).toBeLessThan(1.25 * few);
});
