import type { TensorProto } from "../onnx_pb.ts";
import { float, tensor } from "../onnx.ts";
import type { AttributeValue } from "../onnx.ts";
import type { Random } from "../random.ts";
import { range } from "./cells.ts";
import { asPicture, lookedAt, sizeOf } from "./floats.ts";
import type { Looks } from "./floats.ts";
import type { OracleLayer } from "./layers.ts";
import { perAxis, strideAndPads } from "./network.ts";

/** A layer for the oracle, and its attributes and constants for the file. */
export interface DrawnLayer {
  readonly layer: OracleLayer;
  readonly attributes: Record<string, AttributeValue>;
  readonly constants: readonly TensorProto[];
}

/** Draws a weight or a bias that is not zero on purpose. */
export type Weigh = (random: Random) => number;

/** Whole numbers of some bits and either sign, times a power of two: sums of their products stay exact. */
export function exactWeigh(random: Random, bits: number): Weigh {
  const unit = 2 ** random.integer(-9, 1);
  const top = 2 ** bits - 1;
  return (own) => own.pick([-1, 1]) * own.integer(1, top) * unit;
}

/** Any float32. */
export function anyWeigh(random: Random): Weigh {
  const spread = 2 ** random.integer(-12, 6);
  const power = random.pick([1, 3]);
  return (own) => Math.fround((own.unit() * 2 - 1) ** power * spread);
}

/** Where a layer reads, and how large it may be: rows x columns x windows of all its matrices. */
export interface LayerPlan {
  readonly name: string;
  readonly input: string;
  readonly inputShape: readonly number[];
  readonly weigh: Weigh;
  readonly room: number;
}

export function drawGemm(random: Random, plan: LayerPlan): DrawnLayer {
  const { matrices, bias, layer } = drawDense(random, plan, "Gemm");
  const [K, N] = [matrices[0]!.length, bias.length];
  const matrix = matrices[0]!;
  const transB = random.chance(0.5);
  // Powers of two, so that the product is what was drawn.
  const alpha = random.pick([1, 1, 0.5, 4]);
  const beta = random.pick([1, 1, 0.25, 2]);
  const flat = transB ? range(0, N).flatMap((col) => matrix.map((row) => row[col]!)) : matrix.flat();
  const weights = tensor(
    `${plan.name}.w`,
    transB ? [N, K] : [K, N],
    flat.map((w) => w / alpha),
  );
  const same = bias.every((value) => value === bias[0]);
  const shape = same && random.chance(0.7) ? random.pick([[], [1], [1, 1]]) : random.pick([[N], [1, N]]);
  const addend = tensor(
    `${plan.name}.b`,
    shape,
    bias.slice(0, sizeOf(shape)).map((value) => value / beta),
  );
  const hasBias = bias.some((value) => value !== 0) || random.chance(0.3);
  return {
    layer,
    attributes: { transB: transB ? 1 : 0, alpha: float(alpha), beta: float(beta) },
    constants: hasBias ? [weights, addend] : [weights],
  };
}

export function drawMatMul(random: Random, plan: LayerPlan): DrawnLayer {
  const { matrices, layer } = drawDense(random, plan, "MatMul");
  const matrix = matrices[0]!;
  const weights = tensor(`${plan.name}.w`, [matrix.length, matrix[0]!.length], matrix.flat());
  return { layer: { ...layer, bias: matrix[0]!.map(() => 0) }, attributes: {}, constants: [weights] };
}

function drawDense(
  random: Random,
  { name, input, inputShape, weigh, room }: LayerPlan,
  op: "Gemm" | "MatMul",
): { matrices: number[][][]; bias: number[]; layer: OracleLayer } {
  const K = inputShape.at(-1)!;
  const windows = sizeOf(inputShape.slice(0, -1));
  const N = Math.max(1, Math.min(random.integer(1, 12), Math.floor(room / (K * windows))));
  const matrices = [drawMatrix(random, K, N, weigh)];
  const bias = drawBias(random, N, weigh);
  return { matrices, bias, layer: { name, op, input, matrices, bias, looks: null } };
}

/** A convolution with any kernel, strides, dilations, pads and groups that fit, of one or two dimensions. */
export function drawConv(random: Random, plan: LayerPlan): DrawnLayer {
  const { inputShape, weigh, room } = plan;
  const [, channels, height, width] = asPicture(inputShape) as [number, number, number, number];
  const flat = inputShape.length === 3;
  const divisors = range(1, channels + 1).filter((count) => channels % count === 0);
  const groups = random.pick([1, channels, random.pick(divisors), random.pick(divisors)]);
  for (;;) {
    const autoPad = random.chance(0.15) ? random.pick(["SAME_UPPER", "SAME_LOWER", "VALID"]) : "NOTSET";
    const drawn = drawLooks(random, flat);
    // The runtime has no SAME with dilation.
    if (autoPad.startsWith("SAME") && drawn.dilations.some((dilation) => dilation > 1)) continue;
    const looks = { ...drawn, pads: padsOf(autoPad, drawn, [height, width]) };
    const [outHeight, outWidth] = lookedAt(height, width, looks);
    if (outHeight < 1 || outWidth < 1) continue;
    const K = (channels / groups) * sizeOf(looks.kernel);
    const windows = inputShape[0]! * outHeight * outWidth;
    const fit = Math.floor(room / (K * windows * groups));
    // A stride of 3 or a kernel without pads makes fewer windows: drawn again until it fits.
    if (fit < 1 && random.chance(0.98)) continue;
    const perGroup = Math.max(1, Math.min(random.integer(1, groups > 2 ? 3 : 9), fit));
    return convOf(random, plan, weigh, { looks, groups, perGroup, K, autoPad });
  }
}

/** A convolution that looks as another one does, with weights of its own. */
export function drawTwin(random: Random, plan: LayerPlan, twin: DrawnLayer): DrawnLayer {
  const { matrices, looks } = twin.layer;
  const autoPad = "NOTSET";
  const [groups, K, perGroup] = [matrices.length, matrices[0]!.length, matrices[0]![0]!.length];
  return convOf(random, plan, plan.weigh, { looks: looks!, groups, perGroup, K, autoPad });
}

interface ConvPlan {
  readonly looks: Looks;
  readonly groups: number;
  readonly perGroup: number;
  readonly K: number;
  readonly autoPad: string;
}

function convOf(
  random: Random,
  { name, input, inputShape }: LayerPlan,
  weigh: Weigh,
  { looks, groups, perGroup, K, autoPad }: ConvPlan,
): DrawnLayer {
  const flat = inputShape.length === 3;
  const matrices = range(0, groups).map(() => drawMatrix(random, K, perGroup, weigh));
  const bias = drawBias(random, groups * perGroup, weigh);
  const kernel = perAxis(looks.kernel, flat);
  const shape = [groups * perGroup, K / sizeOf(kernel), ...kernel];
  const filters = matrices.flatMap((matrix) => range(0, perGroup).flatMap((col) => matrix.map((row) => row[col]!)));
  const weights = tensor(`${name}.w`, shape, filters);
  const hasBias = bias.some((value) => value !== 0) || random.chance(0.3);
  const { strides, pads } = strideAndPads(looks, flat) as { strides: number[]; pads: number[] };
  return {
    layer: { name, op: "Conv", input, matrices, bias, looks },
    attributes: {
      group: groups,
      strides,
      dilations: perAxis(looks.dilations, flat),
      ...(autoPad === "NOTSET" ? { pads } : { auto_pad: autoPad }),
    },
    constants: hasBias ? [weights, tensor(`${name}.b`, [bias.length], bias)] : [weights],
  };
}

function drawLooks(random: Random, flat: boolean): Omit<Looks, "pads"> & { pads: [number, number, number, number] } {
  const pair = (draw: () => number, neutral: number): [number, number] => [flat ? neutral : draw(), draw()];
  const [top, left] = pair(() => random.pick([0, 0, 1, 2]), 0);
  const [bottom, right] = pair(() => random.pick([0, 0, 1, 2]), 0);
  return {
    kernel: pair(() => random.integer(1, 4), 1),
    strides: pair(() => random.pick([1, 1, 2, 3]), 1),
    dilations: pair(() => random.pick([1, 1, 2, 3]), 1),
    pads: [top, left, bottom, right],
  };
}

/** ONNX's auto_pad: SAME keeps ceil(in / stride), an odd pad goes to the end (UPPER) or the start (LOWER). */
function padsOf(autoPad: string, looks: Looks, size: readonly [number, number]): [number, number, number, number] {
  if (autoPad === "NOTSET") return [...looks.pads];
  if (autoPad === "VALID") return [0, 0, 0, 0];
  const [vertical, horizontal] = ([0, 1] as const).map((axis) => {
    const span = looks.dilations[axis] * (looks.kernel[axis] - 1) + 1;
    const needed = (Math.ceil(size[axis] / looks.strides[axis]) - 1) * looks.strides[axis] + span - size[axis];
    const all = Math.max(0, needed);
    const less = Math.floor(all / 2);
    return autoPad === "SAME_UPPER" ? [less, all - less] : [all - less, less];
  }) as [[number, number], [number, number]];
  return [vertical[0], horizontal[0], vertical[1], horizontal[1]];
}

function drawMatrix(random: Random, K: number, N: number, weigh: Weigh): number[][] {
  const zeroWeight = random.pick([0, 0.3, 0.7, 0.7, 0.95, 0.95]);
  const zeroRow = random.pick([0, 0, 0.3, 0.8]);
  const zeroCol = random.pick([0, 0, 0.4]);
  const emptyCols = range(0, N).map(() => random.chance(zeroCol));
  return range(0, K).map(() => {
    const empty = random.chance(zeroRow);
    return emptyCols.map((none) => (empty || none || random.chance(zeroWeight) ? 0 : weigh(random)));
  });
}

function drawBias(random: Random, count: number, weigh: Weigh): number[] {
  const kind = random.pick(["none", "one", "each"]);
  const one = weigh(random);
  return range(0, count).map(() => (kind === "none" ? 0 : kind === "one" ? one : weigh(random)));
}
