import { mkdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { TableCache } from "../../index.ts";
import { writeWhole } from "./writeWhole.ts";

/** Sensing tables under the user's cache folder. A cache that cannot be used costs time only. */
export function tableCache(): TableCache {
  const folder = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "sparse-reram-engine", "tables");
  const pathOf = (name: string): string => join(folder, `${name}.table`);
  return {
    async read(name) {
      try {
        return new Uint8Array(await readFile(pathOf(name)));
      } catch {
        return null;
      }
    },
    async write(name, bytes) {
      try {
        await mkdir(folder, { recursive: true });
        await writeWhole(pathOf(name), bytes);
      } catch {
        // A read-only home is no reason to stop.
      }
    },
  };
}
