import type { Random } from "../random.ts";
import { range } from "./cells.ts";
import { Inexact, lookedAt, sizeOf, unitExponent } from "./floats.ts";
import type { Looks, Real } from "./floats.ts";
import { NetworkBuilder } from "./network.ts";
import type { OracleNetwork, Values } from "./network.ts";
import type { NetworkConfig } from "./randomConfig.ts";
import { anyWeigh, drawConv, drawGemm, drawMatMul, drawTwin, exactWeigh } from "./randomLayers.ts";
import type { DrawnLayer, LayerPlan, Weigh } from "./randomLayers.ts";

/** Cell reads of one layer that the oracle does in a moment: rows x bitlines x bit-planes x windows. */
const WORK = 400_000;

/** Of a network that is one large layer of many windows, which the engine counts in other ways. */
const LARGE_WORK = 5_000_000;

/**
 * A network of one to four layers of any kind with operators between them. Layers that feed others have weights and
 * inputs of few bits, so that a float32 runtime rounds nothing; the last one has any. `stageLimit`: no more layers than
 * that, the first ones as without a limit.
 */
export function randomNetwork(random: Random, config: NetworkConfig, stageLimit = Infinity): OracleNetwork {
  if (random.chance(0.03)) return largeNetwork(random, config);
  const stages = random.pick([1, 2, 2, 3, 3, 4]);
  const samples = random.integer(1, 3);
  const sampleShape = drawShape(random);
  const signed = config.Ba > 1 && random.chance(0.4);
  const exact = stages > 1;
  const inputs = drawReal(random, [samples, ...sampleShape], signed, exact);
  const calibration = random.chance(0.2)
    ? drawReal(random, [random.integer(1, 2), ...sampleShape], signed && random.chance(0.7), exact)
    : inputs;
  const builder = new NetworkBuilder({ run: inputs, calibration }, config.batchNorm === "fold");
  let at = "x";
  for (let stage = 0; stage < Math.min(stages, stageLimit); stage++) {
    const next = stage === stages - 1 ? null : feedingStage(random, builder, at, stage, config);
    if (next === null) return builder.finish(lastStage(random, builder, at, stage, config));
    at = next;
  }
  return builder.finish(at);
}

function largeNetwork(random: Random, config: NetworkConfig): OracleNetwork {
  const rows = random.pick([70, 130, 300]);
  const windows = Math.min(random.pick([64, 129, 256]), Math.floor(roomOf(config, LARGE_WORK) / rows));
  const inputs = drawReal(random, [windows, rows], false, false);
  const builder = new NetworkBuilder({ run: inputs, calibration: inputs }, false);
  return builder.finish(lastStage(random, builder, "x", 0, config, LARGE_WORK));
}

function drawShape(random: Random): number[] {
  const kind = random.pick(["picture", "picture", "picture", "signal", "vector"]);
  if (kind === "picture") return [random.pick([1, 2, 3, 4, 4, 6, 6]), random.integer(1, 8), random.integer(1, 8)];
  if (kind === "signal") return [random.pick([1, 2, 3, 4, 6]), random.integer(1, 20)];
  return [random.pick([1, 5, 33, 70, 130, 300])];
}

function drawReal(random: Random, shape: number[], signed: boolean, exact: boolean): Real {
  const zero = random.pick([0, 0.3, 0.8, 1, 0.3]);
  const weigh = exact ? exactWeigh(random, random.integer(1, 8)) : anyWeigh(random);
  const values = range(0, sizeOf(shape)).map(() => {
    const value = random.chance(zero) ? 0 : weigh(random);
    return signed ? value : Math.abs(value);
  });
  return { shape, values };
}

/** A layer that others follow, and what comes after it on the digital side; null where no weights stay exact. */
function feedingStage(
  random: Random,
  builder: NetworkBuilder,
  from: string,
  stage: number,
  config: NetworkConfig,
): string | null {
  const input = random.chance(0.2) && builder.of(from).run.shape.length > 2 ? builder.flatten(from) : from;
  for (const bits of [random.integer(1, 8), 3, 1]) {
    try {
      const made = feedingLayer(random, builder, input, `layer${stage}`, exactWeigh(random, bits), config);
      return afterwards(random, builder, made, config);
    } catch (error) {
      if (!(error instanceof Inexact)) throw error;
      if (builder.values.has(`layer${stage}`)) return null;
    }
  }
  return null;
}

function feedingLayer(
  random: Random,
  builder: NetworkBuilder,
  input: string,
  name: string,
  weigh: Weigh,
  config: NetworkConfig,
): string {
  const drawn = drawLayer(random, planOf(builder, input, name, weigh, config));
  const made = builder.layer(drawn.layer, drawn.attributes, drawn.constants);
  if (drawn.layer.looks === null || !random.chance(0.2)) return made;
  const twin = drawTwin(random, planOf(builder, input, `${name}b`, weigh, config), drawn);
  const other = builder.layer(twin.layer, twin.attributes, twin.constants);
  return random.chance(0.5) ? builder.add(made, other) : builder.concat(made, other);
}

function lastStage(
  random: Random,
  builder: NetworkBuilder,
  from: string,
  stage: number,
  config: NetworkConfig,
  work = WORK,
): string {
  const input = random.chance(0.2) && builder.of(from).run.shape.length > 2 ? builder.flatten(from) : from;
  const name = `last${stage}`;
  const drawn = drawLayer(random, planOf(builder, input, name, anyWeigh(random), config, work));
  builder.lastLayer(drawn.layer, drawn.attributes, drawn.constants);
  return name;
}

function drawLayer(random: Random, plan: LayerPlan): DrawnLayer {
  if (plan.inputShape.length === 2) return random.chance(0.6) ? drawGemm(random, plan) : drawMatMul(random, plan);
  return random.chance(0.85) ? drawConv(random, plan) : drawMatMul(random, plan);
}

function planOf(
  builder: NetworkBuilder,
  input: string,
  name: string,
  weigh: Weigh,
  config: NetworkConfig,
  work = WORK,
): LayerPlan {
  return { name, input, inputShape: builder.of(input).run.shape, weigh, room: roomOf(config, work) };
}

/** Rows x columns x windows that make so much work. */
function roomOf({ Bw, Ba, c, coding }: NetworkConfig, work: number): number {
  const slices = coding === "offset" ? Math.ceil(Bw / c) : 2 * Math.ceil((Bw - 1) / c);
  return work / (slices * Ba);
}

/** Operators of the digital side, each exact; what comes out has few bits. */
function afterwards(random: Random, builder: NetworkBuilder, made: string, config: NetworkConfig): string {
  let at = random.chance(0.35) ? batchNorm(random, builder, made) : made;
  at = activate(random, builder, at);
  if (random.chance(0.35) && builder.of(at).run.shape.length > 2) at = pool(random, builder, at);
  at = coarsen(builder, at, random.integer(2, 9));
  if (random.chance(0.15)) at = builder.clip(at, random.pick([-3, 0, 1]), random.integer(2, 20));
  return config.Ba === 1 ? builder.relu(at) : at;
}

function activate(random: Random, builder: NetworkBuilder, at: string): string {
  switch (random.pick(["Relu", "Relu", "Relu", "LeakyRelu", "Abs", "none"])) {
    case "Relu":
      return builder.relu(at);
    case "LeakyRelu":
      return builder.leakyRelu(at, random.pick([0.25, 0.5]));
    case "Abs":
      return builder.abs(at);
    default:
      return at;
  }
}

function batchNorm(random: Random, builder: NetworkBuilder, at: string): string {
  const unit = 2 ** unitOf(builder.of(at));
  const draw = (choices: readonly number[]): number[] =>
    range(0, builder.of(at).run.shape[1]!).map(() => random.pick(choices));
  const [scale, variance] = [draw([1, 1, 2, 0.5, -1, 0]), draw([1, 4, 0.25])];
  return builder.batchNorm(at, { scale, variance, shift: draw([0, unit, -unit]), mean: draw([0, unit, 2 * unit]) });
}

function pool(random: Random, builder: NetworkBuilder, at: string): string {
  const { shape } = builder.of(at).run;
  const [height, width] = shape.length === 3 ? [1, shape[2]!] : [shape[2]!, shape[3]!];
  const flat = shape.length === 3;
  // A mean is exact over a power of two of values.
  if (Number.isInteger(Math.log2(height * width)) && random.chance(0.3)) return builder.globalPool(at, "mean");
  if (random.chance(0.15)) return builder.globalPool(at, "max");
  const kind = random.pick(["max", "mean"] as const);
  const kernel: [number, number] =
    kind === "max"
      ? [flat ? 1 : random.integer(1, 3), random.integer(1, 3)]
      : [flat ? 1 : random.pick([1, 2]), random.pick([1, 2, 4])];
  const dilations: [number, number] = [1, kind === "max" ? random.integer(1, 2) : 1];
  // A dilated kernel could look at nothing but padding, of which there is no largest value.
  const pad = (axis: 0 | 1): number => (dilations[axis] > 1 ? 0 : random.integer(0, Math.min(1, kernel[axis] - 1)));
  const looks: Looks = {
    kernel,
    strides: [flat ? 1 : random.integer(1, 2), random.integer(1, 2)],
    dilations,
    pads: [pad(0), pad(1), pad(0), pad(1)],
  };
  return lookedAt(height, width, looks).every((size) => size > 0) ? builder.pool(at, kind, looks) : at;
}

/** Brings a tensor to whole numbers of at most `bits` bits, where it has more. */
function coarsen(builder: NetworkBuilder, at: string, bits: number): string {
  const { run, calibration } = builder.of(at);
  const largest = [...run.values, ...calibration.values].reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0 || largest < 2 ** (bits + unitOf({ run, calibration }))) return at;
  return builder.coarsen(at, 2 ** (bits - Math.ceil(Math.log2(largest))));
}

const unitOf = ({ run, calibration }: Values): number => {
  const unit = Math.min(unitExponent(run.values), unitExponent(calibration.values));
  return unit === Infinity ? 0 : unit;
};
