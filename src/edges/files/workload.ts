import { createHash } from "node:crypto";
import { basename, extname } from "node:path";
import { isZooName, zooWorkload } from "../../index.ts";
import type { MatrixWorkload, NetworkWorkload, NumericArray, SimulateRequest, Workload } from "../../index.ts";
import { optionName, wholeNumber } from "../terminal/options.ts";
import type { FaultGatherer } from "../faults.ts";
import type { InputFiles } from "./readFiles.ts";
import { loadWeightsRequest, refuseWeightsFrom } from "./weightsFrom.ts";
import type { WeightsFromOptions } from "./weightsFrom.ts";

export interface WorkloadOptions extends WeightsFromOptions {
  readonly inputs?: string | undefined;
  readonly labels?: string | undefined;
  readonly calibration?: string | undefined;
  readonly syntheticInputs?: string | undefined;
  readonly weights?: string | undefined;
  readonly transpose?: true | undefined;
  readonly activations?: string | undefined;
}

/** What is to be simulated, and what the report calls it. */
export type LoadedWorkload = Pick<SimulateRequest, "source"> & { readonly workload: Workload };
type LoadedNetwork = LoadedWorkload & { readonly workload: NetworkWorkload };

const NETWORK_OPTIONS = ["inputs", "labels", "calibration"] as const;

/**
 * Reads the network or matrices that the options name, or takes a network of the zoo, drawn from `seed`. Faults go to
 * `faults`; undefined when there are any.
 */
export async function loadWorkload(
  input: string | undefined,
  options: WorkloadOptions,
  seed: number,
  files: InputFiles,
  faults: FaultGatherer,
): Promise<LoadedWorkload | undefined> {
  if (options.transpose && options.weights === undefined)
    faults.add("--transpose", "--weights FILE beside it", "nothing");
  const isMatrix = options.weights !== undefined || options.activations !== undefined;
  if (isMatrix) return loadMatrix(input, options, files, faults);
  if (input !== undefined && isZooName(input)) return loadZoo(input, options, seed, files, faults);
  if (input === undefined) faults.add("INPUT", "an .onnx file, zoo:NAME, or --weights and --activations", "nothing");
  return loadNetwork(input, options, files, faults);
}

/** Reads a network for a command that takes nothing else. Faults go to `faults`; undefined when there are any. */
export async function loadNetworkFile(
  input: string | undefined,
  options: WorkloadOptions,
  files: InputFiles,
  faults: FaultGatherer,
): Promise<LoadedNetwork | undefined> {
  const isFile = input !== undefined && !isZooName(input);
  if (!isFile) faults.add("INPUT", "an .onnx file", input ?? "nothing");
  return loadNetwork(isFile ? input : undefined, options, files, faults);
}

async function loadZoo(
  input: string,
  options: WorkloadOptions,
  seed: number,
  files: InputFiles,
  faults: FaultGatherer,
): Promise<LoadedWorkload | undefined> {
  for (const name of [...NETWORK_OPTIONS, "syntheticInputs"] as const) {
    if (options[name] !== undefined) faults.add(optionName(name), "no such option beside zoo:NAME", options[name]);
  }
  const found = await faults.attempt(() => zooWorkload(input, seed));
  const weightsFrom = await loadWeightsRequest(options, files, faults);
  if (!found) return undefined;
  const sha256 = createHash("sha256").update(found.source).digest("hex");
  const workload = { ...found.workload, ...(weightsFrom ? { weightsFrom } : {}) };
  return { workload, source: { source: found.source, sha256 } };
}

async function loadMatrix(
  input: string | undefined,
  options: WorkloadOptions,
  files: InputFiles,
  faults: FaultGatherer,
): Promise<LoadedWorkload | undefined> {
  if (input !== undefined) faults.add("INPUT", "no network file beside --weights and --activations", input);
  for (const name of [...NETWORK_OPTIONS, "syntheticInputs"] as const) {
    if (options[name] !== undefined) faults.add(optionName(name), "no such option beside --weights", options[name]);
  }
  refuseWeightsFrom(options, faults);
  if (options.weights === undefined) faults.add("--weights", "a file, since --activations is given", "nothing");
  const weights = await loadArray("weights", options, files, faults);
  const activations = await loadArray("activations", options, files, faults);
  if (!weights || options.weights === undefined) return undefined;
  const workload: MatrixWorkload = {
    kind: "matrix",
    name: nameOf(options.weights),
    weights,
    ...(options.transpose ? { weightsTransposed: true } : {}),
    ...(activations ? { activations } : {}),
  };
  return { workload, source: { source: options.weights, sha256: files.files[0]?.sha256 ?? "" } };
}

async function loadNetwork(
  input: string | undefined,
  options: WorkloadOptions,
  files: InputFiles,
  faults: FaultGatherer,
): Promise<LoadedNetwork | undefined> {
  const model = input === undefined ? undefined : await faults.attempt(() => files.bytes("INPUT", input));
  // The source of the report is the network itself, wherever its weights come from.
  const sha256 = files.files[0]?.sha256 ?? "";
  const weightsFrom = await loadWeightsRequest(options, files, faults);
  const arrays: { inputs?: NumericArray; labels?: NumericArray; calibration?: NumericArray } = {};
  for (const name of NETWORK_OPTIONS) {
    const array = await loadArray(name, options, files, faults);
    if (array) arrays[name] = array;
  }
  const seed =
    options.syntheticInputs === undefined
      ? undefined
      : wholeNumber("syntheticInputs", options.syntheticInputs, 0, faults);
  if (options.inputs !== undefined && seed !== undefined) {
    faults.add("--synthetic-inputs", "no --inputs beside it", options.inputs);
  }
  if (!model || input === undefined) return undefined;
  const workload: NetworkWorkload = {
    kind: "network",
    name: nameOf(input),
    model,
    readExternal: files.externalDataOf(input),
    ...arrays,
    ...(weightsFrom ? { weightsFrom } : {}),
    ...(seed === undefined ? {} : { syntheticInputsSeed: seed }),
  };
  return { workload, source: { source: input, sha256 } };
}

async function loadArray(
  name: (typeof NETWORK_OPTIONS)[number] | "weights" | "activations",
  options: WorkloadOptions,
  files: InputFiles,
  faults: FaultGatherer,
): Promise<NumericArray | undefined> {
  const path = options[name];
  return path === undefined ? undefined : faults.attempt(() => files.array(optionName(name), path));
}

function nameOf(path: string): string {
  const [file = path] = path.split(/(?<=\.(?:npz|safetensors)):/i);
  return basename(file, extname(file));
}
