import { describe, expect, test } from "vitest";
import { parseConfig } from "../../../src/index.ts";
import type { NumericArray } from "../../../src/index.ts";
import type { NetworkInput } from "../../../src/model/ir/layer.ts";
import { inputBatch } from "../../../src/stages/network/preprocess.ts";

const pixels = (shape: number[]): NumericArray => ({
  ...{ place: "x.npy", dtype: "u1", shape },
  values: Uint8Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => 2 * i),
});
const inputOf = (shape: readonly (number | null)[]) => ({ name: "x", shape }) as unknown as NetworkInput;
const batch = (array: NumericArray, shape: readonly (number | null)[], ...sets: string[]) =>
  inputBatch(array, 1, 2, inputOf(shape), parseConfig([], sets));

describe("samples as the network's input", () => {
  // x = (pixel * scale - mean) / std, of samples 1 and 2: pixels 4, 6, 8, 10.
  test("integers without channels are scaled", () => {
    const { shape, values } = batch(pixels([3, 2]), [null, 2], "input.scale=0.5", "input.mean=1", "input.std=2");
    expect(shape).toEqual([2, 2]);
    expect([...values]).toEqual([0.5, 1, 1.5, 2]);
  });

  test.each(["input.mean=[1, 2]", "input.std=[1, 2]"])("there is no channel for %s", (set) => {
    expect(() => batch(pixels([3, 2]), [null, 2], set)).toThrow(
      "x.npy: input.mean, input.std: expected one number for inputs without channels, got one per channel",
    );
  });

  test("floats stay as they are", () => {
    const array: NumericArray = { place: "x", dtype: "f4", shape: [3, 1], values: Float32Array.of(1, -2, 0.5) };
    expect([...batch(array, [null, 1], "input.scale=0.5", "input.mean=9").values]).toEqual([-2, 0.5]);
  });

  test("grey images get their channel", () => {
    expect(batch(pixels([3, 2, 2]), [null, 1, 2, 2], "input.layout=nhwc").shape).toEqual([2, 1, 2, 2]);
  });

  // One row of pixels is no grey image. Sample 1 of [3, 1, 2, 3] NHWC: two pixels (12 14 16) and (18 20 22).
  test("channels last come first, in either order, each with its mean", () => {
    const array = pixels([3, 1, 2, 3]);
    const own = batch(array, [null, 3, 1, 2], "input.layout=nhwc", "input.mean=[10, 0, 1]");
    expect(own.shape).toEqual([2, 3, 1, 2]);
    expect([...own.values.subarray(0, 6)]).toEqual([2, 8, 14, 20, 15, 21]);
    const reversed = batch(array, [null, 3, 1, 2], "input.layout=nhwc", "input.channels=reversed");
    expect([...reversed.values.subarray(0, 6)]).toEqual([16, 22, 14, 20, 12, 18]);
  });
});
