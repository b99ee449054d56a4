import { convOutput } from "../../model/ir/convShape.ts";
import type { ConvGeometry } from "../../model/ir/layer.ts";
import type { ZooLayer } from "../../model/ir/zoo.ts";

export interface ConvOptions {
  readonly stride?: number;
  readonly pad?: number;
  readonly groups?: number;
}

/** Writes down the matrix layers of a network from its input on, following the shape of the feature map. */
export class LayerTable {
  readonly layers: ZooLayer[] = [];

  constructor(
    private channelCount: number,
    private side: number,
  ) {}

  /** A square convolution. */
  conv(name: string, filterCount: number, kernelSide: number, options: ConvOptions = {}): this {
    const { stride = 1, pad = 0, groups = 1 } = options;
    const geometry: ConvGeometry = {
      kind: "conv",
      channelCount: this.channelCount,
      kernel: [kernelSide, kernelSide],
      strides: [stride, stride],
      dilations: [1, 1],
      autoPad: "NOTSET",
      pads: [pad, pad, pad, pad],
      groupCount: groups,
    };
    const { outHeight, outWidth } = convOutput(geometry, [this.side, this.side]);
    this.layers.push({
      name,
      op: "Conv",
      geometry,
      groupCount: groups,
      matrixRows: (this.channelCount / groups) * kernelSide * kernelSide,
      matrixCols: filterCount / groups,
      inputShape: [1, this.channelCount, this.side, this.side],
      windowCount: outHeight * outWidth,
    });
    this.channelCount = filterCount;
    this.side = outHeight;
    return this;
  }

  /** Caffe's pooling: the output size rounds up. */
  pool(kernelSide: number, stride: number): this {
    this.side = Math.ceil((this.side - kernelSide) / stride) + 1;
    return this;
  }

  globalPool(): this {
    this.side = 1;
    return this;
  }

  /** Fully connected over the flattened map. */
  dense(name: string, outputCount: number): this {
    const matrixRows = this.channelCount * this.side * this.side;
    this.layers.push(denseLayer(name, "Gemm", matrixRows, outputCount, 1));
    this.channelCount = outputCount;
    this.side = 1;
    return this;
  }

  /** Layers beside the main path: the map stays what it was before them. */
  branch(build: (table: this) => void): this {
    const { channelCount, side } = this;
    build(this);
    this.channelCount = channelCount;
    this.side = side;
    return this;
  }

  /** The branches side by side. */
  concat(channelCount: number): this {
    this.channelCount = channelCount;
    return this;
  }
}

/** A fully connected layer of `windowCount` input vectors a sample. */
export function denseLayer(
  name: string,
  op: "Gemm" | "MatMul",
  matrixRows: number,
  matrixCols: number,
  windowCount: number,
): ZooLayer {
  const inputShape = windowCount === 1 ? [1, matrixRows] : [1, windowCount, matrixRows];
  return { name, op, geometry: { kind: "dense" }, groupCount: 1, matrixRows, matrixCols, inputShape, windowCount };
}
