import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url).pathname;

/** Rooms of the house, the most particular first, and what each may import (README, "The house"). */
const rooms: { room: string; files: RegExp; may: RegExp[] }[] = [
  { room: "shared", files: /^assembly\/shared\//, may: [] },
  { room: "kernels in Wasm", files: /^assembly\//, may: [/^assembly\//] },
  { room: "bindings", files: /^bindings\//, may: [/^assembly\/shared\//, /^bindings\//] },
  { room: "model/base", files: /^src\/model\/base\//, may: [/^src\/model\/base\//] },
  { room: "model", files: /^src\/model\//, may: [/^src\/model\//] },
  {
    room: "pipeline",
    files: /^src\/pipeline(\.ts|\/)/,
    may: [/^bindings\/index\.ts$/, /^src\/(model|stages)\//, /^src\/pipeline(\.ts|\/)/],
  },
  {
    room: "door",
    files: /^src\/index\.ts$/,
    may: [/^bindings\/(index|workerKernels)\.ts$/, /^src\/(model|stages)\//, /^src\/pipeline(\.ts|\/)/],
  },
  { room: "edges", files: /^src\/edges\//, may: [/^src\/index\.ts$/, /^src\/edges\//] },
];
/** The contract of the kernels and the literals of the ABI are open to every room; neither holds an address. */
const openToAll = [/^bindings\/(kernels|deviceKernels|shapes|countPlan)\.ts$/, /^assembly\/shared\/abi\.ts$/];
/** Packages that only one room may know. */
const guarded: { packages: RegExp; files: RegExp }[] = [
  {
    packages: /^node:/,
    files: /^(src\/edges\/|bindings\/load\.node\.ts$|src\/stages\/network\/inference\/\w+\.node\.ts$)/,
  },
  { packages: /^(onnxruntime|@bufbuild|npyjs)/, files: /^src\/stages\/network\// },
  { packages: /^fflate/, files: /^src\/(stages\/network|edges\/html)\// },
  {
    packages: /^(commander|@commander-js|cli-|picocolors|hyparquet|piscina|comlink|bullmq|ioredis)/,
    files: /^src\/edges\//,
  },
  { packages: /^as-bind/, files: /^bindings\// },
];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly isPackage: boolean;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .map((path) => `${folder}/${path.replaceAll("\\", "/")}`)
    .filter((path) => /\.tsx?$/.test(path) && !path.endsWith(".d.ts"));
}

function importsOf(path: string): Import[] {
  const text = readFileSync(join(root, path), "utf8");
  const specifiers = [...text.matchAll(/\b(?:from|import)\s*\(?\s*["']([^"']+)["']/g)].map((match) => match[1]!);
  return specifiers.map((specifier) => {
    if (!specifier.startsWith(".") || specifier.endsWith(".wasm"))
      return { from: path, to: specifier, isPackage: true };
    const target = normalize(join(dirname(path), specifier));
    return { from: path, to: /\.tsx?$/.test(target) ? target : `${target}.ts`, isPackage: false };
  });
}

const files = ["assembly", "bindings", "src"].flatMap(sources);
const imports = files.flatMap(importsOf);

describe("import directions", () => {
  it("sees the whole house", () => {
    expect(files.length).toBeGreaterThan(60);
    expect(imports.length).toBeGreaterThan(200);
  });

  it("every import goes the allowed way", () => {
    const wrong = imports
      .filter(({ isPackage }) => !isPackage)
      .filter(({ from, to }) => {
        if (openToAll.some((open) => open.test(to))) return false;
        const stage = /^src\/stages\/(\w+)\//.exec(from)?.[1];
        if (stage !== undefined) return !new RegExp(`^src/(model/|stages/${stage}/)`).test(to);
        const room = rooms.find((candidate) => candidate.files.test(from));
        return room === undefined || !room.may.some((allowed) => allowed.test(to));
      });
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it("guarded packages stay in their rooms", () => {
    const wrong = imports
      .filter(({ isPackage }) => isPackage)
      .filter(({ from, to }) =>
        guarded.some(({ packages, files: allowed }) => packages.test(to) && !allowed.test(from)),
      );
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it("nothing that a browser loads reaches Node", () => {
    const reached = new Set<string>();
    const visit = (path: string): void => {
      // esbuild.browser.js puts the browser's way in the place of Node's.
      const file = path.replace(/\/load\.node\.ts$/, "/load.browser.ts");
      if (reached.has(file)) return;
      reached.add(file);
      for (const { from, to, isPackage } of imports) if (from === file && !isPackage) visit(to);
    };
    for (const file of files) if (file.startsWith("src/edges/browser/")) visit(file);
    expect(reached.size).toBeGreaterThan(100);
    const wrong = imports.filter(({ from, to }) => reached.has(from) && to.startsWith("node:"));
    expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
  });

  it("no circle of files", () => {
    const targets = new Map<string, string[]>();
    for (const { from, to, isPackage } of imports)
      if (!isPackage) targets.set(from, [...(targets.get(from) ?? []), to]);
    const state = new Map<string, "open" | "done">();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (state.get(file) === "done") return;
      if (state.get(file) === "open") {
        circles.push([...path.slice(path.indexOf(file)), file].join(" → "));
        return;
      }
      state.set(file, "open");
      for (const target of targets.get(file) ?? []) visit(target, [...path, file]);
      state.set(file, "done");
    };
    for (const file of files) visit(file, []);
    expect(circles).toEqual([]);
  });

  it("no circle of the edges' rooms", () => {
    const roomOf = (path: string): string | undefined => /^src\/edges\/(\w+)\//.exec(path)?.[1];
    const below = new Map<string, Set<string>>();
    for (const { from, to, isPackage } of imports) {
      const [own, other] = [roomOf(from), isPackage ? undefined : roomOf(to)];
      if (own === undefined || other === undefined || own === other) continue;
      below.set(own, (below.get(own) ?? new Set()).add(other));
    }
    const reaches = (room: string, wanted: string, seen = new Set<string>()): boolean =>
      [...(below.get(room) ?? [])].some((next) => {
        if (next === wanted) return true;
        if (seen.has(next)) return false;
        seen.add(next);
        return reaches(next, wanted, seen);
      });
    expect(below.size).toBeGreaterThan(5);
    expect([...below.keys()].filter((room) => reaches(room, room))).toEqual([]);
  });

  it("no file above 400 lines", () => {
    const long = files.filter((path) => readFileSync(join(root, path), "utf8").split("\n").length > 400);
    expect(long).toEqual([]);
  });
});

describe("package", () => {
  it("lists every assumption in docs/model.md, word for word", async () => {
    const { assumptions } = await import("../../src/model/arch/assumptions.ts");
    const text = readFileSync(join(root, "docs/model.md"), "utf8");
    expect(assumptions.filter((assumption) => !text.includes(`- **${assumption.id}** ${assumption.text}`))).toEqual([]);
  });

  it("has one name and version", async () => {
    const { TOOL } = await import("../../src/index.ts");
    const { name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(TOOL).toEqual({ name, version });
  });
});
