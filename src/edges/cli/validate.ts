import { isSweep, parseConfig } from "../../index.ts";
import { resolveSweep } from "../sweep/load.ts";
import { readText } from "../files/readFiles.ts";

/** Checks a configuration or a sweep file. @throws InputError with every fault of the file. */
export async function validateCommand(file: string): Promise<void> {
  const source = { text: await readText(file), place: file };
  let found = "";
  if (isSweep(source.text)) {
    const { points } = await resolveSweep(source, []);
    found = `, ${points.length} ${points.length === 1 ? "point" : "points"}`;
  } else parseConfig([source], []);
  process.stderr.write(`${file}: valid${found}\n`);
}
