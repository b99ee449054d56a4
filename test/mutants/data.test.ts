import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { mutants } from "./data/index.ts";
import { occurrences } from "./mutant.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Rooms of which every file has a fault. */
const ROOMS = ["assembly/bits", "assembly/kernels", "bindings", "src/stages", "src/model/arch", "src/model/schemes"];
/** What has nothing to compute: types, tables of words, generated code, and files that only pass names on. */
const WITHOUT_LOGIC = new Set([
  ...["bindings/kernels.ts", "bindings/deviceKernels.ts", "bindings/shapes.ts"],
  ...["src/stages/network/index.ts", "src/stages/zoo/index.ts"],
  ...["load.node.ts", "ortRuntime.ts", "thread.node.ts", "threadCalls.ts"].map(
    (name) => `src/stages/network/inference/${name}`,
  ),
  ...["assumptions.ts", "deviceTerms.ts", "stringify.ts", "term.ts", "terms.ts"].map(
    (name) => `src/model/arch/${name}`,
  ),
  "src/model/schemes/rule.ts",
]);

function filesOf(room: string): string[] {
  return readdirSync(`${root}${room}`, { recursive: true, encoding: "utf8" })
    .map((path) => `${room}/${path.replaceAll("\\", "/")}`)
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".d.ts"));
}

test("there are enough faults, each with a name of its own", () => {
  expect(mutants.length).toBeGreaterThanOrEqual(40);
  expect(new Set(mutants.map(({ id }) => id)).size).toBe(mutants.length);
});

test("the text of every fault is found once in its file", () => {
  const counts = mutants.map(({ id, file, text }) => [id, occurrences(text, readFileSync(root + file, "utf8"))]);
  expect(counts.filter(([, count]) => count !== 1)).toEqual([]);
});

test("every fault changes something", () => {
  expect(mutants.filter(({ text, replacement }) => text === replacement)).toEqual([]);
});

test("every file of kernels, bindings, stages and settings has a fault", () => {
  const faulty = new Set(mutants.map(({ file }) => file));
  const files = ROOMS.flatMap(filesOf);
  expect(files.length).toBeGreaterThan(150);
  expect(files.filter((file) => !faulty.has(file) && !WITHOUT_LOGIC.has(file))).toEqual([]);
  expect([...WITHOUT_LOGIC].filter((file) => !files.includes(file) || faulty.has(file))).toEqual([]);
});
