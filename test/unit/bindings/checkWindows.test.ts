import { describe, expect, test } from "vitest";
import { loadKernels } from "../../../bindings/index.ts";
import type { ConvWindows, CountPlan, Kernels, WindowSource } from "../../../bindings/kernels.ts";

const conv: ConvWindows = {
  geometry: { kernel: [2, 2], strides: [1, 1], dilations: [1, 1] },
  ...{ padTop: 0, padLeft: 0, outHeight: 2, outWidth: 3 },
  ...{ channelCount: 3, height: 3, width: 4, firstChannel: 1, channelsPerVector: 2 },
};
/** Two samples. */
const image: WindowSource = { windowCount: 12, vectorCount: 1, rowCount: 8, codes: new Uint16Array(72), conv };
const dense: WindowSource = { windowCount: 3, vectorCount: 2, rowCount: 5, codes: new Uint16Array(30), conv: null };
const emptyTable = { records: new Int32Array(0), masks: new Uint32Array(0), segmentCount: 0, crossbarCount: 0 };

const gather = (kernels: Kernels, source: WindowSource, window = 0) =>
  kernels.gatherWindows(source, Uint32Array.of(0, window));

function count(kernels: Kernels, start: number, bits = 4) {
  const plan: CountPlan = { segments: emptyTable, rowCount: 10, by: "popcounts" };
  return kernels.countWindows(dense, { start, count: 2 }, bits, [plan], 2, 0);
}

const refused: [string, (kernels: Kernels) => unknown][] = [
  ["windows[1]: expected a window below 12, got 12", (k) => gather(k, image, 12)],
  ["windows[1]: expected a window below 3, got 3", (k) => gather(k, dense, 3)],
  ["windows: expected an end of at most 3, got 4", (k) => count(k, 2)],
  ["bits: expected integer in 1..16, got 17", (k) => count(k, 0, 17)],
  ["source.codes: expected at least 72 elements", (k) => gather(k, { ...image, codes: new Uint16Array(71) })],
  ["source.codes: expected 30 elements", (k) => gather(k, { ...dense, codes: new Uint16Array(31) })],
  ["source.rowCount: expected 8 (channelsPerVector x kernel), got 7", (k) => gather(k, { ...image, rowCount: 7 })],
  [
    "source.conv.firstChannel: expected an end of at most 3, got 4",
    (k) => gather(k, { ...image, conv: { ...conv, firstChannel: 2 } }),
  ],
  [
    "source.conv.outWidth: expected integer of at least 1, got 0",
    (k) => gather(k, { ...image, conv: { ...conv, outWidth: 0 } }),
  ],
];

describe.each(["typescript", "debug", "simd"] as const)("%s refuses windows in one line", async (target) => {
  const kernels = await loadKernels({ target });

  test.each(refused)("%s", (message, call) => {
    expect(() => call(kernels)).toThrow(RangeError);
    expect(() => call(kernels)).toThrow(message);
  });

  test("and takes the last window and the last code", () => {
    expect(gather(kernels, image, 11)).toHaveLength(16);
    expect(gather(kernels, dense, 2)).toHaveLength(20);
    expect(count(kernels, 1)).toHaveLength(1);
  });
});
