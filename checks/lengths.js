/** No file of code above 400 lines: what is longer is two things, and a newcomer finds neither. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root, sources } from "./sources.js";

const MOST_LINES = 400;

const long = sources(/\.(tsx?|m?js|css|html|c|h)$/)
  .map((path) => ({ path, lineCount: readFileSync(join(root, path), "utf8").trimEnd().split("\n").length }))
  .filter(({ lineCount }) => lineCount > MOST_LINES);
for (const { path, lineCount } of long)
  console.error(`${path}: expected at most ${MOST_LINES} lines, got ${lineCount}`);
process.exitCode = long.length > 0 ? 1 : 0;
