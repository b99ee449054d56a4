import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { npy } from "./files.ts";
import { emptyFolder, sre } from "./sre.ts";

/** An array of ones, however large. */
function ones(shape: readonly number[]): Uint8Array {
  const count = shape.reduce((a, b) => a * b, 1);
  return Buffer.concat([npy("i1", shape, []), Buffer.alloc(count, 1)]);
}

test("a layer whose cells no thread has memory for is one line that names it and the bytes", async () => {
  const folder = emptyFolder();
  const rowCount = 66_000;
  writeFileSync(join(folder, "tall.npy"), ones([rowCount, 256]));
  writeFileSync(join(folder, "x.npy"), ones([1, rowCount]));
  // One block of crossbars is as wide as the matrix: its cells together are more than the share of one of two threads.
  const geometry = ["--set", "crossbar.cols=4096", "--set", "crossbar.cellBits=1", "--threads", "2"];
  const { code, stdout, stderr } = await sre(folder, [
    ...["run", "--weights", "tall.npy", "--activations", "x.npy", "--json", "--verify"],
    ...geometry,
  ]);
  const lines = stderr.split("\n").filter((line) => line.startsWith("sre: "));
  expect(lines).toEqual([`sre: layer tall: expected at most 268435456 bytes more, got ${rowCount * 4096} bytes`]);
  expect(stdout).toBe("");
  expect(code).toBe(2);
});
