import type { SimulateRequest, SweepNetwork, Workload } from "../../index.ts";
import { inputError } from "../../index.ts";
import { FaultGatherer } from "../faults.ts";
import type { InputFile, InputFiles } from "../files/readFiles.ts";
import { loadWorkload } from "../files/workload.ts";
import type { WorkloadOptions } from "../files/workload.ts";

/** A network with its files read. */
export type LoadedNetwork = Pick<SimulateRequest, "source"> & { readonly workload: Workload };

/** Reads the files of a network. @throws InputError with every fault of every file. */
export async function loadNetwork(network: SweepNetwork, seed: number, files: InputFiles): Promise<LoadedNetwork> {
  const { input, inputs, labels, calibration, weights, activations, transpose, weightsFrom, masks, map } = network;
  const options: WorkloadOptions = {
    ...{ inputs, labels, calibration, weights, activations, weightsFrom, masks, map },
    transpose: transpose === true ? true : undefined,
    syntheticInputs: network.syntheticInputs?.toString(),
  };
  const faults = new FaultGatherer();
  const loaded = await loadWorkload(input, options, seed, files, faults);
  faults.throwIfAny();
  return loaded!;
}

/** @throws InputError for each file whose content is not the one that the sweep began with. */
export function checkContents(read: readonly InputFile[], planned: readonly InputFile[]): void {
  const contents = new Map(planned.map(({ path, sha256 }) => [path, sha256]));
  for (const { path, sha256 } of read) {
    const expected = contents.get(path);
    if (expected === sha256) continue;
    const wanted = `the content that the sweep began with (sha256 ${expected?.slice(0, 12)}…)`;
    throw inputError(path, wanted, `${sha256.slice(0, 12)}…`);
  }
}
