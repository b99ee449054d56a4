import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { InputError, parseConfig, parseSweep } from "../../src/index.ts";
import { readText } from "../../src/edges/files/readFiles.ts";
import { parseRules } from "../../src/stages/network/weights/rules.ts";

/** Every reader of YAML texts. */
const readers: readonly [string, (text: string) => unknown][] = [
  ["configurations", (text) => parseConfig([{ text, place: "f" }], [])],
  ["sweeps", (text) => parseSweep({ text, place: "f" }, { sets: [], extended: [] })],
  ["rules", (text) => parseRules({ text, place: "f" })],
  ["--set", (text) => parseConfig([], [`ou=${text}`])],
];

/** Lines of the InputError that a reader ends in, all of them at places. */
function linesOf(read: () => unknown): string[] {
  let error: unknown;
  try {
    read();
  } catch (caught) {
    error = caught;
  }
  expect(error).toBeInstanceOf(InputError);
  const lines = (error as InputError).message.split("\n");
  for (const line of lines)
    expect(line).toMatch(/^(f(:\d+:\d+)?|--set ou|ou)( \S+)?( \(default\))?: expected .+, got .+$/s);
  return lines;
}

const laughs = `a: &a [x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c]
e: [*d, *d, *d, *d, *d, *d, *d, *d, *d]
`;

describe.each(readers)("%s refuse", (_name, read) => {
  test("a billion laughs", () => {
    expect(linesOf(() => read(laughs))[0]).toMatch(/alias/);
  });

  test("an alias of what it stands in, and one of nothing", () => {
    linesOf(() => read("a: &a [*a]"));
    linesOf(() => read("a: *nothing"));
  });

  test.each([
    ["lists", "[".repeat(50_000) + "]".repeat(50_000)],
    ["lists of 500 levels", "[".repeat(500) + "]".repeat(500)],
    ["lists that do not end", "[".repeat(50_000)],
    ["mappings", "{a: ".repeat(20_000) + "1" + "}".repeat(20_000)],
    ["items", `${"- ".repeat(20_000)}1`],
  ])("what is nested without end: %s", (_title, text) => {
    expect(linesOf(() => read(text))[0]).toMatch(/level|nest|depth/i);
  });

  test("keys that occur twice", () => {
    expect(linesOf(() => read("{rows: 1, rows: 2}"))[0]).toMatch(/twice|unique/);
  });

  test.each([
    ["a huge integer", "1".repeat(400)],
    ["NaN", ".nan"],
    ["infinity", "-.inf"],
    ["a NUL", "a\0b"],
    ["a half of a character", "\uD800"],
  ])("%s in the place of a mapping", (_title, text) => {
    linesOf(() => read(text));
  });
});

test("keys without end are told one by one, in time", () => {
  const text = Array.from({ length: 2000 }, (_, i) => `key${i}: 1\n`).join("");
  expect(linesOf(() => parseConfig([{ text, place: "f" }], []))).toHaveLength(2000);
  const keys = Array.from({ length: 30_000 }, (_, i) => `k${i}: 1`).join(", ");
  expect(linesOf(() => parseRules({ text: `rules: {${keys}}`, place: "f" }))).toHaveLength(1);
});

test.each([
  ["a huge integer", "ou.rows", "9".repeat(400)],
  ["an integer above 2^53", "crossbar.rows", "9007199254740993"],
  ["NaN", "timing.ouCycle_ns", ".nan"],
  ["infinity", "timing.ouCycle_ns", ".inf"],
  ["a negative", "tile.count", "-1"],
  ["zero", "crossbar.cols", "0"],
])("%s is refused where a number is expected", (_title, key, value) => {
  const [section, name] = key.split(".");
  const [line] = linesOf(() => parseConfig([{ text: `${section}: { ${name}: ${value} }`, place: "f" }], []));
  expect(line).toMatch(new RegExp(`^f:1:\\d+ ${key}: expected `));
  expect(line!.length).toBeLessThan(300);
});

test("a key of ten thousand names is none", () => {
  expect(() => parseConfig([], [`${"a.".repeat(10_000)}b=1`])).toThrow(
    /^--set a\.a…: expected a key of at most 20 names, got 10001$/,
  );
});

test.each([
  ["a date", "2001-01-01"],
  ["binary data", "!!binary aGVsbG8="],
  ["a set", "!!set { rows }"],
  ["a merged key", "{ <<: { rows: 3 } }"],
])("%s is no mapping of keys, also in a text of YAML 1.1", (_title, value) => {
  const lines = linesOf(() => parseConfig([{ text: `%YAML 1.1\n---\nou: ${value}\n`, place: "f" }], []));
  expect(lines[0]).toMatch(/^f:3:\d+/);
});

test("a byte order mark before a text is none of it", () => {
  expect(parseConfig([{ text: "\uFEFFou: { rows: 4 }", place: "f" }], []).ou.rows).toBe(4);
});

test("an empty text, and one of comments, say nothing", () => {
  for (const text of ["", "\n\n", "# nothing\n", "---\n"])
    expect(parseConfig([{ text, place: "f" }], [])).toEqual(parseConfig([], []));
});

describe("files of text", () => {
  let folder: string;
  beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), "sre-text-"))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test.each([
    ["UTF-16, little end first", Buffer.from("\uFEFFou: { rows: 4 }", "utf16le")],
    ["bytes that are no text", Uint8Array.of(0x6f, 0x75, 0xc3, 0x28)],
  ])("%s: refused", async (_title, bytes) => {
    const path = join(folder, "c.yaml");
    writeFileSync(path, bytes);
    await expect(readText(path)).rejects.toThrow(`${path}: expected UTF-8 text, got other bytes`);
  });
});
