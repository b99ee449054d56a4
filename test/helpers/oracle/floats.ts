/** A dense tensor of reals, row-major. Every value is exact: see `assertExact`. */
export interface Real {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** A sum that float32 may round, so that its value depends on the order of additions. */
export class Inexact extends Error {}

/** Bits of a float32's significand. */
const SIGNIFICAND = 2 ** 24;

/** Exponent of the largest power of two of which every value is a whole multiple; Infinity when all are zero. */
export function unitExponent(values: readonly number[]): number {
  let least = Infinity;
  for (const value of values) {
    if (value === 0) continue;
    let exponent = Math.floor(Math.log2(Math.abs(value))) - 24;
    while (Number.isInteger(value / 2 ** (exponent + 1))) exponent++;
    least = Math.min(least, exponent);
  }
  return least;
}

/**
 * Holds a sum of magnitudes to what float32 adds up without rounding in any order: below 2^24 of its unit.
 * @throws Inexact
 */
export function assertExact(sumOfMagnitudes: number, unit: number): void {
  if (unit !== Infinity && sumOfMagnitudes >= SIGNIFICAND * 2 ** unit) throw new Inexact();
}

/** Each value of a tensor by itself. */
export const mapValues = ({ shape, values }: Real, change: (value: number, at: number) => number): Real => ({
  shape,
  values: values.map((value, at) => change(value, at) + 0),
});

/** Two tensors of one shape added up. @throws Inexact */
export function add(a: Real, b: Real): Real {
  const unit = Math.min(unitExponent(a.values), unitExponent(b.values));
  return mapValues(a, (value, at) => {
    const other = b.values[at]!;
    assertExact(Math.abs(value) + Math.abs(other), unit);
    return value + other;
  });
}

/** Joins along axis 1. */
export function concat(a: Real, b: Real): Real {
  const inner = (tensor: Real): number => sizeOf(tensor.shape.slice(1));
  const values = Array.from({ length: a.shape[0]! }, (_, sample) =>
    [a, b].flatMap((tensor) => tensor.values.slice(sample * inner(tensor), (sample + 1) * inner(tensor))),
  ).flat();
  return { shape: [a.shape[0]!, a.shape[1]! + b.shape[1]!, ...a.shape.slice(2)], values };
}

/** Per channel (axis 1): value · scale + shift. @throws Inexact */
export function scaleChannels(tensor: Real, scale: readonly number[], shift: readonly number[]): Real {
  const inner = sizeOf(tensor.shape.slice(2));
  const unit = Math.min(unitExponent(tensor.values) + unitExponent(scale), unitExponent(shift));
  return mapValues(tensor, (value, at) => {
    const channel = Math.floor(at / inner) % tensor.shape[1]!;
    const product = value * scale[channel]!;
    assertExact(Math.abs(product) + Math.abs(shift[channel]!), unit);
    return product + shift[channel]!;
  });
}

/** Where a kernel looks in a picture. A one-dimensional one has height 1. */
export interface Looks {
  readonly kernel: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilations: readonly [number, number];
  /** top, left, bottom, right */
  readonly pads: readonly [number, number, number, number];
}

/** [height, width] of what a kernel makes of a picture. */
export function lookedAt(height: number, width: number, { kernel, strides, dilations, pads }: Looks): [number, number] {
  const along = (size: number, axis: 0 | 1): number => {
    const span = dilations[axis] * (kernel[axis] - 1) + 1;
    return Math.floor((size + pads[axis]! + pads[axis + 2]! - span) / strides[axis]) + 1;
  };
  return [along(height, 0), along(width, 1)];
}

/** [samples, channels, height, width] of a picture or of a one-dimensional signal. */
export const asPicture = (shape: readonly number[]): readonly number[] =>
  shape.length === 3 ? [shape[0]!, shape[1]!, 1, shape[2]!] : shape;

/** Value of a picture, 0 in the padding. */
export function pixel(
  tensor: Real,
  sample: number,
  channel: number,
  row: number,
  col: number,
  outside: number,
): number {
  const [, channels, height, width] = asPicture(tensor.shape) as [number, number, number, number];
  if (row < 0 || row >= height || col < 0 || col >= width) return outside;
  return tensor.values[((sample * channels + channel) * height + row) * width + col]!;
}

/** Largest value, or mean over the whole kernel with zeros in the padding. @throws Inexact */
export function pool(tensor: Real, kind: "max" | "mean", looks: Looks): Real {
  const [samples, channels, height, width] = asPicture(tensor.shape) as [number, number, number, number];
  const [outHeight, outWidth] = lookedAt(height, width, looks);
  const { kernel, strides, dilations, pads } = looks;
  const unit = unitExponent(tensor.values);
  const values: number[] = [];
  for (let sample = 0; sample < samples; sample++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let row = 0; row < outHeight; row++) {
        for (let col = 0; col < outWidth; col++) {
          const seen: number[] = [];
          for (let i = 0; i < kernel[0]; i++) {
            for (let j = 0; j < kernel[1]; j++) {
              const y = row * strides[0] + i * dilations[0] - pads[0];
              const x = col * strides[1] + j * dilations[1] - pads[1];
              seen.push(pixel(tensor, sample, channel, y, x, kind === "max" ? -Infinity : 0));
            }
          }
          if (kind === "max") values.push(Math.max(...seen));
          else {
            assertExact(
              seen.reduce((sum, value) => sum + Math.abs(value), 0),
              unit,
            );
            values.push(seen.reduce((sum, value) => sum + value, 0) / seen.length);
          }
        }
      }
    }
  }
  const flat = tensor.shape.length === 3;
  return { shape: [samples, channels, ...(flat ? [outWidth] : [outHeight, outWidth])], values };
}
