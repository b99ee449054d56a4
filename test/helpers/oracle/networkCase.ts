import { FUNCTIONAL_SCHEMES, loadKernels } from "../../../src/index.ts";
import type { FunctionalScheme, Kernels } from "../../../src/index.ts";
import { Random } from "../random.ts";
import { compareNetwork } from "./compare.ts";
import type { Comparison } from "./compare.ts";
import type { OracleNetwork } from "./network.ts";
import { randomConfig } from "./randomConfig.ts";
import type { NetworkConfig } from "./randomConfig.ts";
import { randomNetwork } from "./randomNetwork.ts";

const TARGETS = ["simd", "scalar", "typescript"] as const;

/** One random network under one random configuration, executed by one build of the kernels. */
export interface NetworkCase {
  readonly network: OracleNetwork;
  readonly config: NetworkConfig;
  readonly outputsOf: FunctionalScheme;
  readonly target: (typeof TARGETS)[number];
}

/** Case `index` of a seed, with its first `stageLimit` layers. */
export function networkCase(seed: number, index: number, stageLimit = Infinity): NetworkCase {
  const random = new Random(seed * 1_000_000 + index);
  const config = randomConfig(random);
  const outputsOf = random.pick(FUNCTIONAL_SCHEMES);
  const target = random.pick([...TARGETS, "simd"] as const);
  return { config, outputsOf, target, network: randomNetwork(random, config, stageLimit) };
}

const loaded = new Map<string, Promise<Kernels>>();

export async function compareCase({ network, config, outputsOf, target }: NetworkCase): Promise<Comparison> {
  if (!loaded.has(target)) loaded.set(target, loadKernels({ target }));
  return compareNetwork(network, config, outputsOf, await loaded.get(target)!);
}

/** Settings that make a case easier to read, where the difference stays. */
const PLAIN: Partial<NetworkConfig> = {
  ...{ R: 128, C: 128, H: 16, L: 16, c: 2, Bw: 8, Ba: 8, adcBits: 16, indexBits: "unlimited" },
  ...{ packing: "layer", coding: "offset", fillCycles: 0, emptyPlaneCycles: 0, adcMode: "clip", rule: "power-of-two" },
  ...{ ouCycle_ns: "auto", isaacStep_ns: 100, law: "exponential", dacRows: "open", tiles: 168 },
};

/** The fewest layers and the plainest configuration that still differ, in words. */
export async function shrink(seed: number, index: number): Promise<string> {
  const differs = async (candidate: NetworkCase): Promise<boolean> =>
    compareCase(candidate).then(
      ({ differences }) => differences.length > 0,
      () => false,
    );
  let smallest = networkCase(seed, index);
  for (const layers of [1, 2, 3]) {
    const shorter = networkCase(seed, index, layers);
    if (await differs(shorter)) {
      smallest = shorter;
      break;
    }
  }
  for (const [key, value] of Object.entries(PLAIN)) {
    const plainer = { ...smallest, config: { ...smallest.config, [key]: value } };
    if (await differs(plainer)) smallest = plainer;
  }
  const { network, config, outputsOf, target } = smallest;
  const layers = network.layers.map(({ name, op, input, looks, matrices }) => {
    const shape = `${matrices.length} x ${matrices[0]!.length} x ${matrices[0]![0]!.length}`;
    return `${name} ${op} ${shape} of ${network.values.get(input)!.run.shape.join("x")} ${JSON.stringify(looks)}`;
  });
  return [`kernels ${target}, outputs of ${outputsOf}`, JSON.stringify(config), ...layers].join("\n");
}

/** Kinds of things that a case is made of. */
export function kindsOf({ network, config, target }: NetworkCase, { entries }: Comparison): string[] {
  const { layers, kinds } = network;
  const looks = layers.flatMap((layer) => layer.looks ?? []);
  const { run, calibration } = network.values.get("x")!;
  const grouped = layers.filter(({ matrices }) => matrices.length > 1);
  const when = (holds: boolean, kind: string): string[] => (holds ? [kind] : []);
  const lossy = entries.some(({ outputs, product }) => JSON.stringify(outputs.naive) !== JSON.stringify(product));
  return [
    ...kinds,
    ...[`${layers.length > 3 ? "4 or more" : layers.length} layers`, `${target} kernels`],
    ...[`packing ${config.packing}`, `coding ${config.coding}`, `scale ${config.rule}`],
    ...when(
      looks.some(({ strides }) => Math.max(...strides) > 1),
      "strides",
    ),
    ...when(
      looks.some(({ dilations }) => Math.max(...dilations) > 1),
      "dilations",
    ),
    ...when(
      looks.some(({ pads }) => Math.max(...pads) > 0),
      "pads",
    ),
    ...when(run.shape.length === 3 && looks.length > 0, "1-D convolution"),
    ...when(
      grouped.some(({ matrices, input }) => matrices.length < network.values.get(input)!.run.shape[1]!),
      "groups",
    ),
    ...when(
      entries.some(({ group }) => group === "all"),
      "depthwise",
    ),
    ...when(
      entries.some(({ signed }) => signed),
      "signed inputs",
    ),
    ...when(calibration !== run, "calibration of its own"),
    ...when(
      entries.some(({ crossbars }) => crossbars.dense > 1),
      "several crossbars",
    ),
    ...when(
      entries.some(({ crossbars, matrixCount }) => crossbars.orc < crossbars.dense && matrixCount === 1),
      "crossbars freed by ORC",
    ),
    ...when(
      entries.some(({ orc }) => orc.fillerRows > 0),
      "filler rows",
    ),
    ...when(config.indexBits === "unlimited", "unlimited index"),
    ...when(lossy, `ADC that loses, ${config.adcMode}`),
    ...when(config.Bw % config.c !== 0, "uneven slices"),
    ...when(config.C % config.L !== 0, "uneven OU column groups"),
    ...when(config.R % config.H !== 0, "uneven OU row groups"),
  ];
}

/** Every kind that enough cases have between them. */
export const KINDS = [
  ...["Conv", "Gemm", "MatMul", "Relu", "LeakyRelu", "Abs", "Clip", "Round", "Flatten", "Add", "Concat"],
  ...["MaxPool", "AveragePool", "GlobalMaxPool", "GlobalAveragePool", "BatchNormalization"],
  ...["1 layers", "2 layers", "3 layers", "4 or more layers"],
  ...TARGETS.map((target) => `${target} kernels`),
  ...["packing layer", "packing crossbar", "coding offset", "coding differential"],
  ...["scale power-of-two", "scale max-abs", "strides", "dilations", "pads", "1-D convolution", "groups", "depthwise"],
  ...["signed inputs", "calibration of its own", "several crossbars", "crossbars freed by ORC", "filler rows"],
  ...["unlimited index", "ADC that loses, clip", "ADC that loses, scale"],
  ...["uneven slices", "uneven OU column groups", "uneven OU row groups"],
];
