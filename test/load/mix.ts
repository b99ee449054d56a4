import { SCHEMES, parseConfig } from "../../src/index.ts";
import type { Config, MatrixWorkload, Scheme, SimulateRequest, Workload } from "../../src/index.ts";
import { Random } from "../helpers/random.ts";
import { smallNetwork } from "./networks.ts";

/** How one simulation of the mix is to end. */
export type Ending = "result" | "fault" | "abort";

export interface MixedCase {
  readonly request: SimulateRequest;
  readonly ending: Ending;
  /** Milliseconds after which it is stopped; null: never. */
  readonly stopAfter: number | null;
}

const networks = [1, 2, 3].map((seed) => smallNetwork(3, seed));

/** Case `index` of the mix: networks and matrices, schemes and geometries; one in ten is wrong, one in ten is stopped. */
export function mixedCase(index: number): MixedCase {
  const random = new Random(index);
  const ending: Ending = random.chance(0.1) ? "fault" : random.chance(0.11) ? "abort" : "result";
  const workload = randomWorkload(random);
  const request: SimulateRequest = {
    workload,
    config: randomConfig(random),
    source: { source: "load", sha256: "" },
    schemes: random.chance(0.5) ? SCHEMES : [random.pick<Scheme>(SCHEMES), "naive"],
    samples: random.integer(1, 3),
    seed: index,
    verifyWindows: random.pick([0, 0, 2, "all"] as const),
    collectDetail: random.chance(0.3),
    ...(random.chance(0.2) ? { outputsOf: "orc-dof" as const } : {}),
  };
  return {
    request: ending === "fault" ? withFault(request, random) : request,
    ending,
    stopAfter: ending === "abort" ? random.integer(0, 8) : null,
  };
}

function randomConfig(random: Random): Config {
  const rows = random.pick([16, 64, 128, 100]);
  const cellBits = random.pick([1, 2, 4]);
  return parseConfig(
    [],
    [
      `crossbar.rows=${rows}`,
      `crossbar.cols=${random.pick([64, 128])}`,
      `crossbar.cellBits=${cellBits}`,
      `ou.rows=${random.pick([4, 9, 16])}`,
      `ou.cols=${random.pick([8, 16])}`,
      `mapping.packing=${random.pick(["crossbar", "layer"])}`,
      `mapping.coding=${random.pick(["offset", "differential"])}`,
      `sparsity.indexBits=${random.pick(["unlimited", 3, 5])}`,
      `precision.activationBits=${random.pick([8, 16])}`,
    ],
  );
}

function randomWorkload(random: Random): Workload {
  if (random.chance(0.6)) return randomMatrix(random);
  if (random.chance(0.15)) return { kind: "zoo", name: "lenet5", variant: "ssl", seed: random.integer(0, 9) };
  const network = random.pick(networks);
  const { labels, ...unlabelled } = network;
  return { kind: "network", name: "small", ...(random.chance(0.5) ? { ...unlabelled, labels } : unlabelled) };
}

function randomMatrix(random: Random): MatrixWorkload {
  const [rows, cols, windows] = [random.integer(1, 300), random.integer(1, 30), random.integer(1, 60)];
  const weights = Int16Array.from({ length: rows * cols }, () => (random.chance(0.7) ? 0 : random.integer(-99, 99)));
  const activations = Int16Array.from({ length: windows * rows }, () => random.integer(0, 120));
  return {
    kind: "matrix",
    name: "matrix",
    weights: { place: "weights", dtype: "i2", shape: [rows, cols], values: weights },
    activations: { place: "activations", dtype: "i2", shape: [windows, rows], values: activations },
  };
}

/** Wrong at the door, or where the work is half done. */
function withFault(request: SimulateRequest, random: Random): SimulateRequest {
  if (random.chance(0.2)) return { ...request, layers: ["none of these"], workload: networkWith(new Uint8Array(40)) };
  if (random.chance(0.5)) {
    const matrix = randomMatrix(random);
    const values = (matrix.weights.values as Int16Array).slice();
    values[values.length - 1] = 32767;
    const config = parseConfig([], ["precision.weightBits=8"]);
    return { ...request, config, workload: { ...matrix, weights: { ...matrix.weights, values } } };
  }
  // A label of no class shows when the first batch went through the network.
  const { model, inputs, labels } = random.pick(networks);
  const wrong = { ...labels, values: Int32Array.of(0, 77, 0) };
  return { ...request, samples: 3, workload: { kind: "network", name: "small", model, inputs, labels: wrong } };
}

function networkWith(model: Uint8Array): Workload {
  return { kind: "network", name: "broken", model, inputs: networks[0]!.inputs };
}
