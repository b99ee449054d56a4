#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { CommanderError } from "@commander-js/extra-typings";
import { createProgram } from "./program.ts";

const EXIT_FAILED = 1;
const EXIT_BAD_INPUT = 2;

/** Writes the error as lines on stderr, one a fault, and says which exit code it means. */
function reportError(error: unknown, debug: boolean): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_BAD_INPUT;
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  for (const line of message.split("\n")) process.stderr.write(`sre: ${line}\n`);
  if (debug) process.stderr.write(`${stack}\n`);
  // By name: the door, which holds the class, is heavy and may not be loaded yet.
  return name === "InputError" ? EXIT_BAD_INPUT : EXIT_FAILED;
}

/** The bundle lies in dist/, one folder below package.json. */
function packageVersion(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

async function main(): Promise<number> {
  let exitCode = 0;
  const program = createProgram(packageVersion(), (code) => (exitCode = code));
  try {
    await program.parseAsync();
  } catch (error) {
    return reportError(error, process.argv.includes("--debug"));
  }
  return exitCode;
}

// The reader of a pipe may leave early (`sre explain prices | head`).
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  process.exit(error.code === "EPIPE" ? 0 : EXIT_FAILED);
});

const code = await main();
// Inference may leave threads behind that would keep the process alive; what is printed must be out before.
process.stdout.write("", () => process.exit(code));
