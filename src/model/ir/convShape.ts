import { ceilDiv } from "../base/numbers.ts";
import type { ConvGeometry } from "./layer.ts";

/** Spatial sizes of one convolution. */
export interface ConvShape {
  /** top, left, bottom, right, after auto_pad */
  readonly pads: readonly [number, number, number, number];
  readonly outHeight: number;
  readonly outWidth: number;
}

/**
 * Resolves padding and output size for one input size (a one-dimensional input has height 1), by the rules of ONNX
 * Conv: sizes round down; SAME_* keeps ceil(in / stride), an odd pad goes to the end (UPPER) or start.
 * @throws RangeError when the kernel does not fit into the padded input.
 */
export function convOutput(geometry: ConvGeometry, [inHeight, inWidth]: readonly [number, number]): ConvShape {
  const [top, bottom, outHeight] = axisOutput(geometry, 0, inHeight);
  const [left, right, outWidth] = axisOutput(geometry, 1, inWidth);
  if (outHeight < 1 || outWidth < 1) {
    throw new RangeError(`kernel ${geometry.kernel.join("x")} exceeds the padded input of ${inHeight}x${inWidth}`);
  }
  return { pads: [top, left, bottom, right], outHeight, outWidth };
}

/** Height and width of an input of shape [n, channels, height, width], or [n, channels, width]. */
export function spatialSize(inputShape: readonly number[]): [height: number, width: number] {
  return inputShape.length === 3 ? [1, inputShape[2]!] : [inputShape[2]!, inputShape[3]!];
}

function axisOutput(geometry: ConvGeometry, axis: 0 | 1, inSize: number): [number, number, number] {
  const stride = geometry.strides[axis];
  const span = (geometry.kernel[axis] - 1) * geometry.dilations[axis] + 1;
  const [begin, end] = axisPads(geometry, axis, inSize, span);
  return [begin, end, Math.floor((inSize + begin + end - span) / stride) + 1];
}

function axisPads(geometry: ConvGeometry, axis: 0 | 1, inSize: number, span: number): [number, number] {
  if (geometry.autoPad === "VALID") return [0, 0];
  if (geometry.autoPad === "NOTSET") return [geometry.pads[axis], geometry.pads[axis + 2]!];
  const stride = geometry.strides[axis];
  const total = Math.max(0, (ceilDiv(inSize, stride) - 1) * stride + span - inSize);
  const smaller = Math.floor(total / 2);
  return geometry.autoPad === "SAME_UPPER" ? [smaller, total - smaller] : [total - smaller, smaller];
}
