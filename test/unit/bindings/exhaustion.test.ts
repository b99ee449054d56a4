import { describe, expect, test } from "vitest";
import { BumpArena, HeapArena } from "../../../bindings/arena.ts";
import { instantiateBound } from "../../../bindings/boundModule.ts";
import { WasmBulkKernels } from "../../../bindings/bulk.ts";
import { readWasm } from "../../../bindings/index.ts";
import type { CountPlan, MvmOptions, WindowSource } from "../../../bindings/kernels.ts";
import { ScalarKernels } from "../../../bindings/scalar.ts";
import { WasmKernels } from "../../../bindings/wasm.ts";
import { countPlan } from "../../../src/stages/compress/countPlan.ts";
import { SegmentTableBuilder } from "../../../src/stages/compress/segmentTable.ts";

const twin = new ScalarKernels();
/** One page less than 32 bits address: the allocator counts in bytes. */
const PAGES = 65535;

const shapeOf = (rowCount: number) => ({ windowCount: 4, vectorCount: 1, rowCount, bits: 16 });
const codesOf = (rowCount: number) => Uint16Array.from({ length: 4 * rowCount }, (_, i) => i);
const pack = (kernels: WasmBulkKernels | ScalarKernels, rowCount: number) =>
  kernels.packBitPlanes(codesOf(rowCount), shapeOf(rowCount));

/** A module whose memory cannot grow any more. */
async function withoutGrowth(name: "debug" | "release" | "scalar") {
  const bound = await instantiateBound(await readWasm(name));
  const kernels = new WasmKernels(bound, "wasm-simd", new HeapArena(bound.raw));
  pack(kernels, 100);
  const memory = bound.raw["memory"] as WebAssembly.Memory;
  memory.grow(PAGES - memory.buffer.byteLength / 65536);
  expect(() => memory.grow(1)).toThrow(RangeError);
  return kernels;
}

async function inSmallRegion() {
  const memory = new WebAssembly.Memory({ initial: 4, maximum: 4, shared: true });
  const { instance } = await WebAssembly.instantiate(await readWasm("worker"), { env: { memory } });
  return new WasmBulkKernels(instance.exports, new BumpArena(memory, 0, 4 * 65536));
}

describe.each([
  ["debug", () => withoutGrowth("debug")],
  ["release", () => withoutGrowth("release")],
  ["scalar", () => withoutGrowth("scalar")],
  ["worker", inSmallRegion],
] as const)("%s: memory that does not suffice", async (_name, open) => {
  const kernels = await open();

  test("is an error that names the bytes, and the next call works", () => {
    for (let i = 0; i < 3; i++) {
      expect(() => pack(kernels, 40_000)).toThrow(RangeError);
      expect(() => pack(kernels, 40_000)).toThrow(/^arena: expected [^\n]*, got 3\d{5} bytes$/);
      expect(pack(kernels, 100)).toEqual(pack(twin, 100));
    }
  });
});

describe("working memory beyond what 32 bits count", async () => {
  const { raw } = await instantiateBound(await readWasm("release"));
  const kernels = new WasmBulkKernels(raw, new HeapArena(raw));

  test.each(["slices", "table"] as const)("windows of 2^24 rows, counted by %s", (by) => {
    const rowCount = 2 ** 24 + 32;
    const source: WindowSource = {
      ...{ windowCount: 1, vectorCount: 1, rowCount, conv: null },
      codes: new Uint16Array(rowCount).fill(3),
    };
    const builder = new SegmentTableBuilder();
    builder.addCrossbar();
    builder.addMembers(0, Uint32Array.of(7, 0, 0, 0), 0, { start: 0, count: 128 }, 16);
    const plan: CountPlan = countPlan(builder.build(), 1, rowCount, by);
    const count = () => kernels.countWindows(source, { start: 0, count: 1 }, 16, [plan], 16, 0);
    expect(count).toThrow(/^arena: expected at most \d+ bytes a block, got 5\d{9} bytes$/);
  });

  test("a stream of 2^25 rows with 16 planes", () => {
    const entryCount = 2 ** 25;
    const planes = { words: new Uint32Array(0), windowCount: 0, vectorCount: 1, planeCount: 16, wordCount: 2 ** 20 };
    const streams = { records: Int32Array.of(0, -1, 0, entryCount, 0, 0), entries: new Uint32Array(0), streamCount: 1 };
    const block = { levels: new Uint8Array(0), rowCount: entryCount, strideBytes: 0, bitlines: { start: 0, count: 0 } };
    const options: MvmOptions = {
      formation: "dynamic",
      ...{ ouRows: 16, adcTransfer: new Int32Array(64), signed: false },
      ...{ weights: { weightBits: 8, colCount: 1 }, cells: { cellBits: 2, coding: "offset" } },
    };
    const entries = { ...streams, entries: new Uint32Array(entryCount) };
    expect(() => kernels.mvmBitSerial(planes, entries, block, options, new Float64Array(0))).toThrow(
      /^arena: expected at most \d+ bytes a block, got \d{10} bytes$/,
    );
  });
});
