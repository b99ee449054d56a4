import type { ConvWindows, WindowSource } from "../kernels.ts";

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
