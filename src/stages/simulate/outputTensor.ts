import type { FloatTensor, MatrixLayer } from "../../model/ir/layer.ts";
import type { QuantizedLayer, WindowSource } from "../../model/ir/quantized.ts";

/** Sums of one entry of a layer. */
export interface EntrySums {
  readonly entry: QuantizedLayer;
  readonly source: WindowSource;
  /** [window][vector][col] */
  readonly sums: Float64Array;
}

/**
 * A layer's real output: accumulator · s_w · s_a + bias (§3), in the memory order that the digital side expects
 * ([samples, channels, height, width], or the input's shape with its last axis replaced).
 */
export function outputTensor(layer: MatrixLayer, input: FloatTensor, entries: readonly EntrySums[]): FloatTensor {
  const channelCount = layer.groupCount * layer.matrixCols;
  const { conv } = entries[0]!.source;
  const positionCount = conv === null ? 1 : conv.outHeight * conv.outWidth;
  const windowCount = entries[0]!.source.windowCount;
  const values = new Float32Array(windowCount * channelCount);
  let firstChannel = 0;
  for (const { entry, source, sums } of entries) {
    const perWindow = source.vectorCount * layer.matrixCols;
    const { weightScale, columnScales, activations } = entry;
    const scales = Float64Array.from({ length: perWindow }, (_, col) => (columnScales?.[col] ?? weightScale) * activations.scale);
    for (let window = 0; window < windowCount; window++) {
      const sample = Math.floor(window / positionCount);
      const position = window % positionCount;
      for (let col = 0; col < perWindow; col++) {
        const channel = firstChannel + col;
        const bias = layer.bias === null ? 0 : layer.bias[channel]!;
        values[(sample * channelCount + channel) * positionCount + position] = sums[window * perWindow + col]! * scales[col]! + bias;
      }
    }
    firstChannel += perWindow;
  }
  return { shape: outputShape(input, channelCount, conv), values };
}

function outputShape(input: FloatTensor, channelCount: number, conv: WindowSource["conv"]): number[] {
  if (conv === null) return [...input.shape.slice(0, -1), channelCount];
  const spatial = input.shape.length === 3 ? [conv.outWidth] : [conv.outHeight, conv.outWidth];
  return [input.shape[0]!, channelCount, ...spatial];
}
