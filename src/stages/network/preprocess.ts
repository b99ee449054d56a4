import type { Config } from "../../model/arch/config.ts";
import { inputError } from "../../model/base/errors.ts";
import type { FloatTensor, NetworkInput } from "../../model/ir/layer.ts";
import type { NumericArray } from "../../model/ir/request.ts";

/**
 * Samples [first, first + count) as the network's input: floats as they are; integers (pixels) by
 * x = (pixel · scale - mean) / std, per channel, after layout and channel order are brought to the network's.
 * A missing channel axis of extent 1 is added.
 */
export function inputBatch(
  array: NumericArray,
  first: number,
  count: number,
  input: NetworkInput,
  config: Config,
): FloatTensor {
  const sampleShape = sampleShapeOf(array, input);
  const size = sampleShape.reduce((a, b) => a * b, 1);
  const slice = array.values.subarray(first * size, (first + count) * size);
  if (array.dtype === "f4" || array.dtype === "f8") {
    return { shape: [count, ...sampleShape], values: Float32Array.from(slice as Float32Array) };
  }
  const pixels = Float64Array.from(slice as ArrayLike<number | bigint>, Number);
  if (sampleShape.length !== 3) return { shape: [count, ...sampleShape], values: scaled(pixels, config, array.place) };
  // A grey image whose channel axis came first, or was added, is its own layout.
  const isGrey = sampleShape[0] === 1 && (input.shape[1] ?? 1) === 1;
  const layout = isGrey ? "nchw" : config.input.layout;
  return images(pixels, count, sampleShape as [number, number, number], layout, config, array.place);
}

/** Extents of one sample, with the channel axis that grey images leave out. */
function sampleShapeOf(array: NumericArray, input: NetworkInput): number[] {
  const own = array.shape.slice(1);
  return input.shape.length === own.length + 2 && input.shape[1] === 1 ? [1, ...own] : own;
}

function scaled(pixels: Float64Array, config: Config, place: string): Float32Array {
  const { scale, mean, std } = config.input;
  if (Array.isArray(mean) || Array.isArray(std)) {
    throw inputError(`${place}: input.mean, input.std`, "one number for inputs without channels", "one per channel");
  }
  return Float32Array.from(pixels, (pixel) => (pixel * scale - mean) / std);
}

/** Image samples → [count, channels, height, width]. */
function images(
  pixels: Float64Array,
  count: number,
  sampleShape: readonly [number, number, number],
  layout: Config["input"]["layout"],
  config: Config,
  place: string,
): FloatTensor {
  const { channels, scale } = config.input;
  const nhwc = layout === "nhwc";
  const [channelCount, height, width] = nhwc ? [sampleShape[2], sampleShape[0], sampleShape[1]] : sampleShape;
  const mean = perChannel(config.input.mean, channelCount, `${place}: input.mean`);
  const std = perChannel(config.input.std, channelCount, `${place}: input.std`);
  const area = height * width;
  const values = new Float32Array(pixels.length);
  for (let sample = 0; sample < count; sample++) {
    for (let channel = 0; channel < channelCount; channel++) {
      const from = channels === "reversed" ? channelCount - 1 - channel : channel;
      const out = (sample * channelCount + channel) * area;
      for (let position = 0; position < area; position++) {
        const at = nhwc
          ? (sample * area + position) * channelCount + from
          : (sample * channelCount + from) * area + position;
        values[out + position] = (pixels[at]! * scale - mean[channel]!) / std[channel]!;
      }
    }
  }
  return { shape: [count, channelCount, height, width], values };
}

function perChannel(value: number | readonly number[], channelCount: number, place: string): readonly number[] {
  if (typeof value === "number") return new Array<number>(channelCount).fill(value);
  if (value.length === channelCount) return value;
  throw inputError(place, `one number, or ${channelCount} (one per channel)`, `${value.length}`);
}
