import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

const FOLDERS = ["assembly", "bench", "bindings", "checks", "examples", "src", "test"];
/** protoc-gen-es writes these. */
const GENERATED = /_pb\.ts$/;

/** Paths of all files written by hand whose names end so, those of the root included. */
export function sources(ending) {
  const inFolders = FOLDERS.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map(
      (path) => `${folder}/${path.replaceAll("\\", "/")}`,
    ),
  );
  return [...inFolders, ...readdirSync(root)].filter(
    (path) => ending.test(path) && !GENERATED.test(path) && !path.includes("node_modules/"),
  );
}
