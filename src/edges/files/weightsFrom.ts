import type { RulesText, TensorFile, WeightsRequest } from "../../index.ts";
import type { FaultGatherer } from "../faults.ts";
import type { InputFiles } from "./readFiles.ts";

export interface WeightsFromOptions {
  readonly weightsFrom?: readonly string[] | undefined;
  readonly masks?: readonly string[] | undefined;
  readonly map?: string | undefined;
}

/** Reads the files of --weights-from, --masks and --map; undefined when there are none, or a fault. */
export async function loadWeightsRequest(
  options: WeightsFromOptions,
  files: InputFiles,
  faults: FaultGatherer,
): Promise<WeightsRequest | undefined> {
  const { weightsFrom = [], masks = [], map } = options;
  const read = async (option: string, path: string): Promise<TensorFile | undefined> => {
    const bytes = await faults.attempt(() => files.bytes(option, path));
    return bytes && { place: path, bytes, readExternal: files.externalDataOf(path) };
  };
  const all = async (option: string, paths: readonly string[]): Promise<TensorFile[]> => {
    const found: TensorFile[] = [];
    for (const path of paths) {
      const file = await read(option, path);
      if (file !== undefined) found.push(file);
    }
    return found;
  };
  const request = { weights: await all("--weights-from", weightsFrom), masks: await all("--masks", masks) };
  if (map === undefined) return weightsFrom.length + masks.length === 0 ? undefined : request;
  if (weightsFrom.length + masks.length === 0) faults.add("--map", "--weights-from or --masks beside it", "nothing");
  const rules = await faults.attempt(async (): Promise<RulesText> => ({
    text: await files.text("--map", map),
    place: map,
  }));
  return rules && { ...request, rules };
}

/** For commands without a network whose weights could be replaced. */
export function refuseWeightsFrom(
  { weightsFrom = [], masks = [], map }: WeightsFromOptions,
  faults: FaultGatherer,
): void {
  for (const [option, value] of [
    ["--weights-from", weightsFrom[0]],
    ["--masks", masks[0]],
    ["--map", map],
  ] as const) {
    if (value !== undefined) faults.add(option, "no such option beside --weights", value);
  }
}
