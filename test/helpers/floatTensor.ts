import { expect } from "vitest";
import type { FloatTensor } from "../../src/model/ir/layer.ts";
import { noise } from "./onnx.ts";

export function noiseTensor(shape: readonly number[], seed = 7): FloatTensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return { shape, values: noise(size, seed) };
}

export function worstDifference(a: FloatTensor, b: FloatTensor): number {
  expect(a.shape).toEqual(b.shape);
  return a.values.reduce((most, value, i) => Math.max(most, Math.abs(value - b.values[i]!)), 0);
}
