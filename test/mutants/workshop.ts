import { spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";

export const WASM_TARGETS = ["debug", "release", "scalar", "worker"] as const;
export type WasmTarget = (typeof WASM_TARGETS)[number];

/** Folders of the tree that a copy makes anew or has no use for. */
const LEFT_OUT = new Set(["node_modules", ".git", "build", "dist", "runs", "coverage"]);
const PRISTINE = ".pristine";

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly seconds: number;
  readonly isTimedOut: boolean;
}

/** A copy of the tree, in which faults come and go. */
export class Workshop {
  private constructor(readonly root: string) {}

  /** A copy of a folder with its Wasm built. @throws Error when that fails. */
  static async open(source: string): Promise<Workshop> {
    const workshop = Workshop.copy(source, join(source, "node_modules"));
    await workshop.mustBuild(WASM_TARGETS);
    cpSync(join(workshop.root, "build"), join(workshop.root, PRISTINE), { recursive: true });
    return workshop;
  }

  private static copy(source: string, modules: string): Workshop {
    const root = mkdtempSync(join(tmpdir(), "mutants-"));
    const isTaken = (path: string): boolean => !LEFT_OUT.has(relative(source, path));
    cpSync(source, root, { recursive: true, filter: isTaken });
    symlinkSync(modules, join(root, "node_modules"), "junction");
    return new Workshop(root);
  }

  /** Another copy, with what this one has built. */
  duplicate(modules: string): Workshop {
    const other = Workshop.copy(this.root, modules);
    cpSync(join(this.root, PRISTINE), join(other.root, "build"), { recursive: true });
    return other;
  }

  read(file: string): string {
    return readFileSync(join(this.root, file), "utf8");
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.root, file), text);
  }

  /** Puts back the Wasm of the unmutated tree. */
  restoreWasm(): void {
    cpSync(join(this.root, PRISTINE), join(this.root, "build"), { recursive: true });
  }

  /** What the compiler says against it, or null. */
  async buildWasm(targets: readonly WasmTarget[]): Promise<string | null> {
    for (const target of targets) {
      const entry = target === "worker" ? "assembly/kernels.ts" : "assembly/index.ts";
      const built = await this.run("node_modules/assemblyscript/bin/asc", [entry, "--target", target], {}, 300);
      if (built.code !== 0) return built.output;
    }
    return null;
  }

  /** Builds what the tests of the program start. @throws Error when that fails. */
  async buildProgram(needsBrowser: boolean): Promise<void> {
    for (const script of needsBrowser ? ["build:js", "build:browser"] : ["build:js"]) {
      const built = await runProcess("npm", ["run", "-s", script], this.root, {}, 300);
      if (built.code !== 0) throw new Error(`${script}: ${built.output}`);
    }
  }

  /** Runs a script of Node in the copy. */
  run(script: string, args: readonly string[], env: Record<string, string>, limit_s: number): Promise<Outcome> {
    return runProcess(process.execPath, [script, ...args], this.root, env, limit_s);
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  private async mustBuild(targets: readonly WasmTarget[]): Promise<void> {
    const complaint = await this.buildWasm(targets);
    if (complaint !== null) throw new Error(`the unmutated tree does not compile: ${complaint}`);
  }
}

/** Programs that run: each leads a group of its own, which a key pressed here does not reach. */
const running = new Set<number>();

/** Kills what all copies run. */
export function stopAll(): void {
  for (const group of running) process.kill(-group, "SIGKILL");
}

/** Runs a program to its end, or kills it and all that it has started. */
function runProcess(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string>,
  limit_s: number,
): Promise<Outcome> {
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env }, detached: true });
    if (child.pid !== undefined) running.add(child.pid);
    let output = "";
    const take = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-20_000));
    child.stdout.on("data", take);
    child.stderr.on("data", take);
    let isTimedOut = false;
    const timer = setTimeout(() => {
      isTimedOut = true;
      process.kill(-child.pid!, "SIGKILL");
    }, limit_s * 1000);
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      running.delete(child.pid!);
      resolve({ code, output, seconds: (performance.now() - start) / 1000, isTimedOut });
    });
  });
}
