import type { Steps } from "../../model/base/pace.ts";
import { RandomStream } from "../../model/base/rng.ts";
import type { InputTraits, ZooLayer } from "../../model/ir/zoo.ts";

/** Spread of the channels' scales: σ of their logarithm. */
const CHANNEL_SPREAD = 0.5;
const PIXEL_LEVELS = 256;
/** An image changes over a seventh of its side; its noise is a few levels. */
const PATCHES_PER_SIDE = 7;
const NOISE_LEVELS = 8;
/** Values drawn in one step. */
const STEP_VALUES = 4096;

/** Draws the inputs of one layer, sample by sample; each sample has a stream of its own. */
export class InputGenerator {
  readonly valuesPerSample: number;
  private readonly scales: Float64Array;
  /** Values of one channel that lie side by side, and channels of the innermost repetition. */
  private readonly channelRun: number;

  constructor(
    private readonly layer: ZooLayer,
    private readonly traits: InputTraits,
    private readonly keys: readonly (number | string)[],
  ) {
    const { inputShape, geometry } = layer;
    this.valuesPerSample = inputShape.reduce((a, b) => a * b, 1);
    const isConv = geometry.kind === "conv";
    this.channelRun = isConv ? inputShape[2]! * inputShape[3]! : 1;
    const stream = new RandomStream([...keys, "channels"]);
    this.scales = Float64Array.from({ length: isConv ? inputShape[1]! : layer.matrixRows }, () =>
      Math.exp(CHANNEL_SPREAD * stream.normal()),
    );
  }

  /** Inputs of the samples [first, first + count), memory order [sample, …inputShape without its leading 1]. */
  *samples(first: number, count: number): Steps<Float32Array> {
    const values = new Float32Array(count * this.valuesPerSample);
    for (let index = 0; index < count; index++) {
      const sample = values.subarray(index * this.valuesPerSample, (index + 1) * this.valuesPerSample);
      yield* this.drawSample(sample, new RandomStream([...this.keys, "sample", first + index]));
    }
    return values;
  }

  private drawSample(values: Float32Array, stream: RandomStream): Steps<void> {
    if (this.traits.kind === "image") return this.drawImage(values, stream);
    if (this.traits.kind === "signed") return this.drawChannels(values, () => stream.normal());
    const threshold = this.traits.density * 2 ** 32;
    return this.drawChannels(values, () => (stream.int32() >>> 0 < threshold ? Math.abs(stream.normal()) : 0));
  }

  private *drawChannels(values: Float32Array, draw: () => number): Steps<void> {
    const { scales, channelRun } = this;
    let drawn = 0;
    for (let at = 0, channel = 0; at < values.length; channel++) {
      const scale = scales[channel % scales.length]!;
      for (const end = at + channelRun; at < end; at++) values[at] = scale * draw();
      if (at - drawn < STEP_VALUES) continue;
      drawn = at;
      yield;
    }
  }

  /** Pixels k / 256: per channel a field between random knots, and noise; the darkest ones are 0 where few are lit. */
  private *drawImage(values: Float32Array, stream: RandomStream): Steps<void> {
    const [, channelCount = 1, height = 1, width = 1] = this.layer.inputShape;
    for (let channel = 0; channel < channelCount; channel++) {
      const plane = values.subarray(channel * height * width, (channel + 1) * height * width);
      drawField(plane, height, width, stream);
      if (this.traits.density < 1) darken(plane, this.traits.density);
      yield;
    }
  }
}

function drawField(plane: Float32Array, height: number, width: number, stream: RandomStream): void {
  const patch = Math.max(1, Math.ceil(Math.max(height, width) / PATCHES_PER_SIDE));
  const knotCols = Math.floor(width / patch) + 2;
  const knots = Float64Array.from(
    { length: (Math.floor(height / patch) + 2) * knotCols },
    () => PIXEL_LEVELS * stream.unit(),
  );
  for (let y = 0; y < height; y++) {
    const down = (y % patch) / patch;
    for (let x = 0; x < width; x++) {
      const right = (x % patch) / patch;
      const knot = Math.floor(y / patch) * knotCols + Math.floor(x / patch);
      const above = knots[knot]! * (1 - right) + knots[knot + 1]! * right;
      const below = knots[knot + knotCols]! * (1 - right) + knots[knot + knotCols + 1]! * right;
      const level = above * (1 - down) + below * down + NOISE_LEVELS * (stream.unit() - 0.5);
      plane[y * width + x] = Math.max(1, Math.min(PIXEL_LEVELS - 1, Math.round(level))) / PIXEL_LEVELS;
    }
  }
}

/** Sets the darkest pixels to 0, so that `density` of them stay. */
function darken(plane: Float32Array, density: number): void {
  const darkest = plane.slice().sort()[plane.length - Math.round(density * plane.length)] ?? Infinity;
  for (let i = 0; i < plane.length; i++) if (plane[i]! < darkest) plane[i] = 0;
}
