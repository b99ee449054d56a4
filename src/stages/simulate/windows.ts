import type { CodeShape } from "../../../bindings/kernels.ts";
import type { CodeTensor, ConvWindows, LayerOutline, WindowSource } from "../../model/ir/quantized.ts";
import type { WindowGrid, WindowPlace } from "../../model/ir/trace.ts";
import { convOutput, spatialSize } from "../../model/ir/convShape.ts";

/** Windows of a layer over a code tensor: output positions in raster order, or samples (§2). */
export function windowsOf(layer: LayerOutline, tensor: CodeTensor): WindowSource {
  const { rowCount } = layer.matrices[0]!;
  const vectorCount = layer.matrices.length;
  const { geometry } = layer;
  if (geometry.kind === "dense") {
    return { windowCount: tensor.codes.length / rowCount, vectorCount, rowCount, codes: tensor.codes, conv: null };
  }
  const [samples, channelCount] = tensor.shape as [number, number];
  const [height, width] = spatialSize(tensor.shape);
  const { pads, outHeight, outWidth } = convOutput(geometry, [height, width]);
  const conv: ConvWindows = {
    geometry,
    padTop: pads[0],
    padLeft: pads[1],
    outHeight,
    outWidth,
    channelCount,
    height,
    width,
    firstChannel: layer.firstChannel,
    channelsPerVector: channelCount / geometry.groupCount,
  };
  return { windowCount: samples * outHeight * outWidth, vectorCount, rowCount, codes: tensor.codes, conv };
}

export function codeShape(source: WindowSource, windowCount: number, bits: number): CodeShape {
  return { windowCount, vectorCount: source.vectorCount, rowCount: source.rowCount, bits };
}

/** How the windows of one sample lie. */
export function windowGrid({ conv }: WindowSource, perSample: number): WindowGrid {
  if (conv === null) return { kind: "dense", perSample };
  return { kind: "conv", perSample, height: conv.outHeight, width: conv.outWidth };
}

/** Where one window of all lies. */
export function windowPlace({ conv }: WindowSource, perSample: number, window: number): WindowPlace {
  const sample = Math.floor(window / perSample);
  const vector = window % perSample;
  if (conv === null) return { kind: "dense", sample, vector };
  const y = Math.floor(vector / conv.outWidth);
  const x = vector % conv.outWidth;
  const { strides, kernel, dilations } = conv.geometry;
  const [inputY, inputX] = [y * strides[0] - conv.padTop, x * strides[1] - conv.padLeft];
  return { kind: "conv", sample, y, x, inputY, inputX, kernel, dilations };
}
