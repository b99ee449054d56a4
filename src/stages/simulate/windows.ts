import type { CodeShape } from "../../../bindings/kernels.ts";
import type { CodeTensor, ConvWindows, LayerOutline, WindowSource } from "../../model/ir/quantized.ts";
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
