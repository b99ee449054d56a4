/**
 * No logic twice: six or more equal lines in a row, of two files or of one. jscpd finds equal runs of tokens; of those only
 * whole lines are counted here, so that the end of one function and the start of the next are no copy.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./sources.js";

const MOST_EQUAL_LINES = 5;
const FEWEST_TOKENS = 50;

/**
 * Kernels unrolled by hand, whose lines are equal on purpose: AssemblyScript has neither arrays of vectors in registers nor
 * closures that it inlines, so that a tile of two vectors, of four and of eight are written out.
 */
const UNROLLED = ["countRows", "disturbedFixed", "disturbedSums", "disturbedTable", "disturbedTally", "mvmReadClip"];
/** protoc-gen-es writes these. */
const GENERATED = "**/*_pb.ts";

const out = mkdtempSync(join(tmpdir(), "copies-"));
const options = [
  ...["--ignore", [GENERATED, ...UNROLLED.map((name) => `**/assembly/kernels/${name}.ts`)].join(",")],
  ...["--formats-exts", "typescript:ts,tsx", "--min-lines", MOST_EQUAL_LINES, "--min-tokens", FEWEST_TOKENS],
  ...["--silent", "--reporters", "json", "--output", out],
];
const command = [
  "npx --no-install jscpd",
  ...options.map((word) => `"${word}"`),
  "src bindings bench assembly test checks examples",
].join(" ");
const { status, stderr } = spawnSync(command, { cwd: root, shell: true, encoding: "utf8" });
if (status !== 0) throw new Error(stderr);
const { duplicates } = JSON.parse(readFileSync(join(out, "jscpd-report.json"), "utf8"));
rmSync(out, { recursive: true });

const linesOf = ({ name, start, end }) =>
  readFileSync(join(root, name), "utf8")
    .split("\n")
    .slice(start - 1, end)
    .map((line) => line.trim());

/** The longest run of equal lines that are not empty. */
function equalLines(a, b) {
  const [left, right] = [linesOf(a), linesOf(b)];
  let most = 0;
  for (let shift = 1 - left.length; shift < right.length; shift++) {
    let run = 0;
    for (let at = 0; at < left.length; at++) {
      if (left[at] !== right[at + shift]) run = 0;
      else if (left[at] !== "") run++;
      most = Math.max(most, run);
    }
  }
  return most;
}

const copies = duplicates
  .map(({ firstFile: a, secondFile: b }) => ({ a, b, lineCount: equalLines(a, b) }))
  .filter(({ lineCount }) => lineCount > MOST_EQUAL_LINES);
for (const { a, b, lineCount } of copies)
  console.error(
    `${a.name}:${a.start}: expected at most ${MOST_EQUAL_LINES} lines as in ${b.name}:${b.start}, got ${lineCount}`,
  );
process.exitCode = copies.length > 0 ? 1 : 0;
