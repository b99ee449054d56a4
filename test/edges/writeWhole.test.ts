import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { refuseUnwritable, refuseUnwritableFile, replaceWhole, writeWhole } from "../../src/edges/files/writeWhole.ts";
import { emptyFolder, namesIn } from "./sre.ts";

test("a file is written in folders that are made for it", async () => {
  const folder = emptyFolder();
  await writeWhole(join(folder, "a", "b", "out.npz"), new Uint8Array([1, 2]));
  expect([...readFileSync(join(folder, "a", "b", "out.npz"))]).toEqual([1, 2]);
  expect(namesIn(join(folder, "a", "b"))).toEqual(["out.npz"]);
});

test("a failure leaves neither a part of the new nor less of the old", async () => {
  const folder = emptyFolder();
  const run = join(folder, "run");
  mkdirSync(run);
  writeFileSync(join(run, "report.json"), "old");
  const failing = replaceWhole(run, async (temporary) => {
    mkdirSync(temporary);
    await writeFile(join(temporary, "report.json"), "new");
    throw new Error("disk full");
  });
  await expect(failing).rejects.toThrow("disk full");
  expect(namesIn(folder)).toEqual(["run"]);
  expect(readFileSync(join(run, "report.json"), "utf8")).toBe("old");
});

test("a folder takes the place of another as a whole", async () => {
  const folder = emptyFolder();
  mkdirSync(join(folder, "run"));
  writeFileSync(join(folder, "run", "stale.csv"), "");
  await replaceWhole(join(folder, "run"), async (temporary) => {
    mkdirSync(temporary);
    await writeFile(join(temporary, "report.json"), "new");
  });
  expect(namesIn(folder)).toEqual(["run"]);
  expect(namesIn(join(folder, "run"))).toEqual(["report.json"]);
});

test("what cannot be written is refused beforehand", () => {
  const folder = emptyFolder();
  writeFileSync(join(folder, "file"), "");
  expect(() => refuseUnwritable("--out", join(folder, "file", "run"))).toThrow(
    /^--out .*: expected a path in a folder/,
  );
  expect(() => refuseUnwritableFile("--outputs", folder)).toThrow(/^--outputs .*: expected a file, got a folder$/);
  expect(() => refuseUnwritableFile("--outputs", join(folder, "new", "out.npz"))).not.toThrow();
  expect(namesIn(folder)).toEqual(["file"]);
});
