import { asPicture, assertExact, lookedAt, pixel, sizeOf, unitExponent } from "./floats.ts";
import type { Looks, Real } from "./floats.ts";

/** Conv, Gemm or MatMul as the model sees it (§2): one matrix a group. */
export interface OracleLayer {
  readonly name: string;
  readonly op: "Conv" | "Gemm" | "MatMul";
  readonly input: string;
  /** [group][row][column], reals */
  readonly matrices: readonly (readonly (readonly number[])[])[];
  /** One a column, group after group. */
  readonly bias: readonly number[];
  /** null: fully connected, over the last axis. */
  readonly looks: Looks | null;
}

/** Input vectors of one group, in raster order: [window][row] (§2). */
export function windowsOf({ looks, matrices }: OracleLayer, group: number, input: Real): number[][] {
  if (looks === null) {
    const K = matrices[0]!.length;
    return Array.from({ length: input.values.length / K }, (_, window) =>
      input.values.slice(window * K, (window + 1) * K),
    );
  }
  const [samples, channels, height, width] = asPicture(input.shape) as [number, number, number, number];
  const perGroup = channels / matrices.length;
  const [outHeight, outWidth] = lookedAt(height, width, looks);
  const windows: number[][] = [];
  for (let sample = 0; sample < samples; sample++) {
    for (let row = 0; row < outHeight; row++) {
      for (let col = 0; col < outWidth; col++) {
        const vector: number[] = [];
        for (let channel = group * perGroup; channel < (group + 1) * perGroup; channel++) {
          for (let i = 0; i < looks.kernel[0]; i++) {
            for (let j = 0; j < looks.kernel[1]; j++) {
              const y = row * looks.strides[0] + i * looks.dilations[0] - looks.pads[0];
              const x = col * looks.strides[1] + j * looks.dilations[1] - looks.pads[1];
              vector.push(pixel(input, sample, channel, y, x, 0));
            }
          }
        }
        windows.push(vector);
      }
    }
  }
  return windows;
}

/** What the layer makes of its input in float. @throws Inexact where float32 would round. */
export function forward(layer: OracleLayer, input: Real): Real {
  const { matrices, bias, looks } = layer;
  const N = matrices[0]![0]!.length;
  const unit = Math.min(unitExponent(matrices.flat(2)) + unitExponent(input.values), unitExponent(bias));
  /** [group][window][column] */
  const made = matrices.map((matrix, group) =>
    windowsOf(layer, group, input).map((window) =>
      Array.from({ length: N }, (_, col) => {
        const addend = bias[group * N + col]!;
        let sum = addend;
        let magnitude = Math.abs(addend);
        window.forEach((x, row) => {
          sum += x * matrix[row]![col]!;
          magnitude += Math.abs(x * matrix[row]![col]!);
        });
        assertExact(magnitude, unit);
        return sum;
      }),
    ),
  );
  if (looks === null) return { shape: [...input.shape.slice(0, -1), N], values: made[0]!.flat() };
  const shape = convShape(layer, input.shape);
  const positions = sizeOf(shape.slice(2));
  const values = Array.from({ length: sizeOf(shape) }, (_, at) => {
    const channel = Math.floor(at / positions) % shape[1]!;
    const sample = Math.floor(at / positions / shape[1]!);
    return made[Math.floor(channel / N)]![sample * positions + (at % positions)]![channel % N]!;
  });
  return { shape, values };
}

function convShape({ matrices, looks }: OracleLayer, inputShape: readonly number[]): number[] {
  const [samples, , height, width] = asPicture(inputShape) as [number, number, number, number];
  const [outHeight, outWidth] = lookedAt(height, width, looks!);
  const filters = matrices.length * matrices[0]![0]!.length;
  return [samples, filters, ...(inputShape.length === 3 ? [outWidth] : [outHeight, outWidth])];
}
