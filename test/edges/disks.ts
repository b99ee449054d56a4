/** Small disks of their own, for tests that fill one; mounting wants root. */

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { emptyFolder } from "./sre.ts";

export const canMount = triesToMount();
export const skipped = canMount ? "" : " (skipped: this user cannot mount)";

/** A disk that goes when the test ends, also when a failed one left a file open; `size` as "256k". */
export function mountDisk(size: string): string {
  const dir = emptyFolder();
  if (!run("mount", ["-t", "tmpfs", "-o", `size=${size}`, "tmpfs", dir])) throw new Error(`cannot mount ${dir}`);
  onTestFinished(() => void run("umount", ["-l", dir]));
  return dir;
}

export function makeReadOnly(disk: string): void {
  if (!run("mount", ["-o", "remount,ro", disk])) throw new Error(`cannot mount ${disk} anew`);
}

/** Takes all the room that is left. */
export function fill(path: string): void {
  for (let bytes = 1 << 16; bytes >= 1; bytes >>= 1) {
    try {
      for (;;) writeFileSync(path, Buffer.alloc(bytes), { flag: "a" });
    } catch {
      // Smaller pieces may still fit.
    }
  }
}

function run(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: "ignore" }).status === 0;
}

function triesToMount(): boolean {
  const dir = mkdtempSync(join(tmpdir(), "sre-mount-"));
  const isMounted = run("mount", ["-t", "tmpfs", "-o", "size=4k", "tmpfs", dir]);
  if (isMounted) run("umount", ["-l", dir]);
  rmSync(dir, { recursive: true, force: true });
  return isMounted;
}
