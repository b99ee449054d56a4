import { loadConfig } from "./config.ts";

/** @throws InputError with every fault of the file. */
export async function validateCommand(file: string): Promise<void> {
  await loadConfig({ config: [file], set: [] });
  process.stderr.write(`${file}: valid\n`);
}
