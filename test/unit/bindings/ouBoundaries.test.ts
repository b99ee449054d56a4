import { expect, test } from "vitest";
import { loadKernels } from "../../../bindings/index.ts";

// The two-word path divides by multiplying with a reciprocal: every count of open rows against every OU height.
test.each(["typescript", "debug", "simd", "scalar"] as const)("%s: ceil(n / H) for all n up to 128", async (target) => {
  const kernels = await loadKernels({ target });
  const rowCount = 128;
  const codes = Uint16Array.from({ length: 129 * rowCount }, (_, i) =>
    i % rowCount < Math.floor(i / rowCount) ? 1 : 0,
  );
  const planes = kernels.packBitPlanes(codes, { windowCount: 129, vectorCount: 1, rowCount, bits: 1 });
  const masks = new Uint32Array(4).fill(2 ** 32 - 1);
  const segments = { records: Int32Array.of(0, 0, 0, 4, 0, 1, 16), masks, segmentCount: 1, crossbarCount: 1 };
  for (const ouRows of [...Array.from({ length: 130 }, (_, i) => i + 1), 4096, 2 ** 31 - 1]) {
    let ouOps = 0;
    for (let openRows = 0; openRows <= rowCount; openRows++) ouOps += Math.ceil(openRows / ouRows);
    const expected = { ouOps, latencyCycles: ouOps, adcConversions: 16 * ouOps, openRows: 8256, cellReads: 132096 };
    expect(kernels.countOuCycles(planes, segments, ouRows, 0)).toEqual({ ...expected, emptyPlanes: 1 });
  }
});
