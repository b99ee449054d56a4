import { fromBinary } from "@bufbuild/protobuf";
import type { NumericArray } from "../../src/index.ts";
import { ModelProtoSchema } from "./onnx_pb.ts";

/** Channels x side x side, memory order [channel][row][column]. */
interface Picture {
  readonly channels: number;
  readonly side: number;
  readonly values: Float64Array;
}

interface Layer {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly kernel: number;
  readonly outputs: number;
}

/** How a layer multiplies: in float for calibration, in integers for the prediction. */
type Multiply = (layer: Layer, index: number, input: Picture) => Picture;

const BITS = 16;

/**
 * LeNet-5 as plain nested loops, nothing shared with the engine: 16-bit integers, power-of-two steps from the largest
 * magnitude over the same digits, products in integers, bias and digital operators in float. Predicted digits.
 */
export function naiveLeNet5(model: Uint8Array, digits: NumericArray): number[] {
  const layers = readLayers(model);
  const pictures = Array.from({ length: digits.shape[0]! }, (_, sample): Picture => {
    const pixels = digits.values.slice(sample * 784, (sample + 1) * 784) as Uint8Array;
    return { channels: 1, side: 28, values: Float64Array.from(pixels, (pixel) => pixel / 256) };
  });

  const largest = layers.map(() => 0);
  const inFloat: Multiply = (layer, index, input) => {
    for (const value of input.values) largest[index] = Math.max(largest[index]!, Math.abs(value));
    return convolve(layer, input, layer.weights, (sum, bias) => Math.fround(sum + bias));
  };
  for (const picture of pictures) forward(layers, picture, inFloat);

  const inputStep = largest.map((magnitude) => step(magnitude, 2 ** BITS - 1));
  const weightStep = layers.map(({ weights }) =>
    step(
      weights.reduce((most, w) => Math.max(most, Math.abs(w)), 0),
      2 ** (BITS - 1) - 1,
    ),
  );
  const codes = layers.map(({ weights }, index) => Float64Array.from(weights, (w) => halfEven(w / weightStep[index]!)));
  const inIntegers: Multiply = (layer, index, input) => {
    const scale = inputStep[index]!;
    const quantized = input.values.map((value) => Math.min(2 ** BITS - 1, halfEven(value / scale)));
    return convolve(layer, { ...input, values: quantized }, codes[index]!, (sum, bias) =>
      Math.fround(sum * weightStep[index]! * scale + bias),
    );
  };
  return pictures.map((picture) => {
    const scores = forward(layers, picture, inIntegers);
    return scores.indexOf(Math.max(...scores));
  });
}

function forward([conv1, conv2, ip1, ip2]: readonly Layer[], picture: Picture, multiply: Multiply): number[] {
  const pooled1 = pool(relu(multiply(conv1!, 0, picture)));
  const pooled2 = pool(relu(multiply(conv2!, 1, pooled1)));
  const hidden = relu(multiply(ip1!, 2, flat(pooled2)));
  return [...multiply(ip2!, 3, hidden).values];
}

function convolve(
  { bias, kernel, outputs }: Layer,
  { channels, side, values }: Picture,
  weights: ArrayLike<number>,
  finish: (sum: number, bias: number) => number,
): Picture {
  const outSide = side - kernel + 1;
  const out = new Float64Array(outputs * outSide * outSide);
  for (let filter = 0; filter < outputs; filter++) {
    for (let row = 0; row < outSide; row++) {
      for (let col = 0; col < outSide; col++) {
        let sum = 0;
        for (let channel = 0; channel < channels; channel++) {
          for (let i = 0; i < kernel; i++) {
            for (let j = 0; j < kernel; j++) {
              const weight = weights[((filter * channels + channel) * kernel + i) * kernel + j]!;
              sum += weight * values[(channel * side + row + i) * side + col + j]!;
            }
          }
        }
        out[(filter * outSide + row) * outSide + col] = finish(sum, bias[filter]!);
      }
    }
  }
  return { channels: outputs, side: outSide, values: out };
}

const relu = (picture: Picture): Picture => ({ ...picture, values: picture.values.map((value) => Math.max(0, value)) });
const flat = ({ values }: Picture): Picture => ({ channels: values.length, side: 1, values });

function pool({ channels, side, values }: Picture): Picture {
  const half = side / 2;
  const out = new Float64Array(channels * half * half);
  for (let channel = 0; channel < channels; channel++) {
    for (let row = 0; row < half; row++) {
      for (let col = 0; col < half; col++) {
        const at = (channel * side + 2 * row) * side + 2 * col;
        out[(channel * half + row) * half + col] = Math.max(
          values[at]!,
          values[at + 1]!,
          values[at + side]!,
          values[at + side + 1]!,
        );
      }
    }
  }
  return { channels, side: half, values: out };
}

function step(magnitude: number, top: number): number {
  let exponent = -60;
  while (2 ** exponent * top < magnitude) exponent++;
  return 2 ** exponent;
}

function halfEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function readLayers(model: Uint8Array): Layer[] {
  const { graph } = fromBinary(ModelProtoSchema, model);
  const tensor = (name: string): Float32Array => {
    const found = graph!.initializer.find((initializer) => initializer.name === name)!;
    return new Float32Array(found.rawData!.slice().buffer);
  };
  const layer = (name: string, kernel: number, outputs: number): Layer => ({
    weights: tensor(`${name}.W`),
    bias: tensor(`${name}.b`),
    kernel,
    outputs,
  });
  return [layer("conv1", 5, 20), layer("conv2", 5, 50), layer("ip1", 1, 500), layer("ip2", 1, 10)];
}
