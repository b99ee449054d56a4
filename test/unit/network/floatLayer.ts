import { convOutput } from "../../../src/model/ir/convShape.ts";
import type { ConvGeometry, FloatTensor, MatrixLayer } from "../../../src/model/ir/layer.ts";

/** A matrix layer in float by plain loops: im2col, product, bias. The tests' own reading of §2. */
export function evaluateFloat(layer: MatrixLayer, input: FloatTensor): FloatTensor {
  return layer.geometry.kind === "dense" ? evaluateDense(layer, input) : evaluateConv(layer, layer.geometry, input);
}

function evaluateDense(layer: MatrixLayer, input: FloatTensor): FloatTensor {
  const { matrixRows, matrixCols } = layer;
  const windowCount = input.values.length / matrixRows;
  const values = new Float32Array(windowCount * matrixCols);
  for (let window = 0; window < windowCount; window++) {
    const row = input.values.subarray(window * matrixRows, (window + 1) * matrixRows);
    for (let col = 0; col < matrixCols; col++) {
      values[window * matrixCols + col] = dot(layer, 0, col, row) + (layer.bias?.[col] ?? 0);
    }
  }
  return { shape: [...input.shape.slice(0, -1), matrixCols], values };
}

function evaluateConv(layer: MatrixLayer, geometry: ConvGeometry, input: FloatTensor): FloatTensor {
  const [sampleCount, channelCount] = input.shape as [number, number];
  const height = input.shape.length === 3 ? 1 : input.shape[2]!;
  const width = input.shape.at(-1)!;
  const { pads, outHeight, outWidth } = convOutput(geometry, [height, width]);
  const [kernelHeight, kernelWidth] = geometry.kernel;
  const groupChannels = channelCount / geometry.groupCount;
  const filterCount = layer.groupCount * layer.matrixCols;
  const values = new Float32Array(sampleCount * filterCount * outHeight * outWidth);
  for (let sample = 0; sample < sampleCount; sample++) {
    for (let group = 0; group < layer.groupCount; group++) {
      for (let y = 0; y < outHeight; y++) {
        for (let x = 0; x < outWidth; x++) {
          const window: number[] = [];
          for (let channel = group * groupChannels; channel < (group + 1) * groupChannels; channel++) {
            for (let ky = 0; ky < kernelHeight; ky++) {
              for (let kx = 0; kx < kernelWidth; kx++) {
                const row = y * geometry.strides[0] - pads[0] + ky * geometry.dilations[0];
                const col = x * geometry.strides[1] - pads[1] + kx * geometry.dilations[1];
                const inside = row >= 0 && row < height && col >= 0 && col < width;
                window.push(
                  inside ? input.values[((sample * channelCount + channel) * height + row) * width + col]! : 0,
                );
              }
            }
          }
          for (let col = 0; col < layer.matrixCols; col++) {
            const filter = group * layer.matrixCols + col;
            const at = ((sample * filterCount + filter) * outHeight + y) * outWidth + x;
            values[at] = dot(layer, group, col, window) + (layer.bias?.[filter] ?? 0);
          }
        }
      }
    }
  }
  return { shape: [sampleCount, filterCount, outHeight, outWidth], values };
}

function dot(layer: MatrixLayer, group: number, col: number, window: ArrayLike<number>): number {
  const base = group * layer.matrixRows * layer.matrixCols + col;
  let total = 0;
  for (let row = 0; row < layer.matrixRows; row++) {
    total += window[row]! * layer.weights[base + row * layer.matrixCols]!;
  }
  return total;
}
