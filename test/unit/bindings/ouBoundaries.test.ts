import { expect, test } from "vitest";
import { loadKernels } from "../../../bindings/index.ts";
import type { Kernels } from "../../../bindings/kernels.ts";

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

// Four planes at a time have sums of 16 bits; longer segments are counted plane by plane, and divided.
test.each([2046, 2047, 2048, 2049, 2190])("segments of %i words, all rows open in some planes", async (wordCount) => {
  const rowCount = wordCount * 32;
  const codes = Uint16Array.from({ length: rowCount }, (_, row) => 0b10110 | (row % 3 === 0 ? 0b01001 : 0));
  const shape = { windowCount: 1, vectorCount: 1, rowCount, bits: 6 };
  const masks = new Uint32Array(wordCount).fill(2 ** 32 - 1);
  const segments = { records: Int32Array.of(0, 0, 0, wordCount, 0, 1, 16), masks, segmentCount: 1, crossbarCount: 1 };
  const [twin, debug, simd] = await Promise.all(
    (["typescript", "debug", "simd"] as const).map((target) => loadKernels({ target })),
  );
  for (const ouRows of [1, 7, 16, 32767, 65503, 65504, 65535, 65536, 100_000, 2 ** 31 - 1]) {
    const count = (kernels: Kernels) => kernels.countOuCycles(kernels.packBitPlanes(codes, shape), segments, ouRows, 2);
    expect([count(debug!), count(simd!)]).toEqual([count(twin!), count(twin!)]);
  }
});
