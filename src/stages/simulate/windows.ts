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

/** Codes of some windows, memory order [window][vector][row]; padding is zero. */
export function gatherWindows(source: WindowSource, windows: Uint32Array): Uint16Array {
  const { vectorCount, rowCount, conv } = source;
  const perWindow = vectorCount * rowCount;
  const out = new Uint16Array(windows.length * perWindow);
  windows.forEach((window, w) => {
    if (conv === null) out.set(source.codes.subarray(window * perWindow, (window + 1) * perWindow), w * perWindow);
    else gatherConvWindow(source.codes, conv, window, out.subarray(w * perWindow, (w + 1) * perWindow));
  });
  return out;
}

/** One window of a convolution, rows in order (channel, kernel row, kernel column), vector after vector. */
function gatherConvWindow(codes: Uint16Array, conv: ConvWindows, window: number, out: Uint16Array): void {
  const { kernel, strides, dilations } = conv.geometry;
  const [kernelHeight, kernelWidth] = kernel;
  const positionCount = conv.outHeight * conv.outWidth;
  const sample = Math.floor(window / positionCount);
  const position = window % positionCount;
  const top = Math.floor(position / conv.outWidth) * strides[0] - conv.padTop;
  const left = (position % conv.outWidth) * strides[1] - conv.padLeft;
  let at = 0;
  let plane = (sample * conv.channelCount + conv.firstChannel) * conv.height * conv.width;
  while (at < out.length) {
    for (let kernelRow = 0; kernelRow < kernelHeight; kernelRow++) {
      const y = top + kernelRow * dilations[0];
      const line = plane + y * conv.width;
      for (let kernelCol = 0; kernelCol < kernelWidth; kernelCol++, at++) {
        const x = left + kernelCol * dilations[1];
        if (y >= 0 && y < conv.height && x >= 0 && x < conv.width) out[at] = codes[line + x]!;
      }
    }
    plane += conv.height * conv.width;
  }
}

export function codeShape(source: WindowSource, windowCount: number, bits: number): CodeShape {
  return { windowCount, vectorCount: source.vectorCount, rowCount: source.rowCount, bits };
}
