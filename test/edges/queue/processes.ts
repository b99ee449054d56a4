import { spawn } from "node:child_process";
import { realpathSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { onTestFinished } from "vitest";
import type { Order } from "./program.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** Bundles the test program into a folder. */
export async function buildProgram(folder: string): Promise<string> {
  const outfile = join(folder, "program.mjs");
  symlinkSync(realpathSync(join(root, "node_modules")), join(folder, "node_modules"));
  await build({
    entryPoints: [join(root, "test/edges/queue/program.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    packages: "external",
    alias: { "as-bind/dist/as-bind.esm.js": join(root, "node_modules/as-bind/dist/as-bind.esm.js") },
    logLevel: "warning",
  });
  return outfile;
}

export interface Process {
  readonly pid: number;
  readonly exited: Promise<number | null>;
  /** What it wrote on stderr so far. */
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
}

/** Starts the test program; ends with the test. */
export function start(program: string, order: Order): Process {
  const child = spawn(process.execPath, [program, JSON.stringify(order)], { stdio: ["ignore", "inherit", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const exited = new Promise<number | null>((resolve) => child.on("close", (code) => resolve(code)));
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  return { pid: child.pid!, exited, stderr: () => stderr, kill: (signal) => void child.kill(signal) };
}
