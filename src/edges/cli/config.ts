import { InputError, parseConfig } from "../../index.ts";
import type { Config } from "../../index.ts";
import { FaultGatherer } from "../faults.ts";
import { readText } from "../files/readFiles.ts";

export interface ConfigOptions {
  readonly config: readonly string[];
  readonly set: readonly string[];
  readonly preset?: string | undefined;
}

/**
 * Reads the files of --config and resolves them with --preset and --set.
 * @throws InputError with every fault of every file and option.
 */
export async function loadConfig(options: ConfigOptions): Promise<Config> {
  const faults = new FaultGatherer();
  const texts = await Promise.all(
    options.config.map((place) => faults.attempt(async () => ({ place, text: await readText(place) }))),
  );
  const sources = texts.filter((source) => source !== undefined);
  const config = await faults.attempt(() => parseConfig(sources, options.set, options.preset));
  faults.throwIfAny();
  if (!config) throw new InputError([]);
  return config;
}
