import { basename, dirname, extname, join, isAbsolute } from "node:path";
import { extendsOf, InputError, parseSweep } from "../../index.ts";
import type { ConfigSource, Sweep } from "../../index.ts";
import { FaultGatherer } from "../faults.ts";
import { readText } from "../files/readFiles.ts";

/**
 * Reads a sweep file and the configurations that it extends, which are found from its folder.
 * @throws InputError with every fault of all of them, and of `sets`.
 */
export async function loadSweep(file: string, sets: readonly string[]): Promise<Sweep> {
  return resolveSweep({ text: await readText(file), place: file }, sets);
}

/** The same for a text that was read already; its place is the path of the file. */
export async function resolveSweep(source: ConfigSource, sets: readonly string[]): Promise<Sweep> {
  const faults = new FaultGatherer();
  const folder = dirname(source.place);
  const extended = await Promise.all(
    extendsOf(source).map(async ({ path, place }): Promise<ConfigSource> => {
      const found = isAbsolute(path) ? path : join(folder, path);
      const text = await faults.attempt(() => readExtended(found, path, place));
      // The faults of the rest show all the same.
      return { text: text ?? "", place: found };
    }),
  );
  const name = basename(source.place, extname(source.place));
  const sweep = await faults.attempt(() => parseSweep(source, { sets, extended, name }));
  faults.throwIfAny();
  return sweep!;
}

async function readExtended(found: string, path: string, place: string): Promise<string> {
  try {
    return await readText(found);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const got = `${JSON.stringify(path)} (${error.faults[0]?.got ?? "unreadable"})`;
    throw new InputError({ place, expected: "preset or configuration file", got }, { cause: error });
  }
}
