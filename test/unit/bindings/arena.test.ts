import { describe, expect, test, vi } from "vitest";
import { BumpArena, GrowingArena, HeapArena } from "../../../bindings/arena.ts";
import { instantiateBound } from "../../../bindings/boundModule.ts";
import { instantiateOnSharedMemory, loadKernels, readWasm } from "../../../bindings/index.ts";
import { ScalarKernels } from "../../../bindings/scalar.ts";
import { WasmKernels } from "../../../bindings/wasm.ts";

// The arenas themselves, without the guards of other tests.
vi.unmock("../../../bindings/arena.ts");

const MEMORY_PAGES = 4;

function sharedMemory(): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: MEMORY_PAGES, maximum: MEMORY_PAGES, shared: true });
}

describe("BumpArena", () => {
  test("blocks are aligned, apart, and given back", () => {
    const arena = new BumpArena(sharedMemory(), 17, 256);
    const mark = arena.mark();
    expect(arena.allocate(1)).toBe(32);
    expect(arena.allocate(16)).toBe(48);
    expect(arena.allocate(0)).toBe(64);
    arena.reset(mark);
    expect(arena.allocate(224)).toBe(32);
  });

  test("a full region is an error that names the sizes", () => {
    const arena = new BumpArena(sharedMemory(), 0, 256);
    arena.allocate(240);
    expect(() => arena.allocate(17)).toThrow("arena: expected at most 16 bytes more, got 17 bytes");
  });
});

describe("GrowingArena", () => {
  const blocksTo = (maximum: number) => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum, shared: true });
    return { memory, arena: new GrowingArena(memory, 16) };
  };

  test("memory grows by what a block needs, and stays", () => {
    const { memory, arena } = blocksTo(3);
    expect(arena.allocate(65536 - 16)).toBe(16);
    expect(memory.buffer.byteLength).toBe(65536);
    const mark = arena.mark();
    expect(arena.allocate(65537)).toBe(65536);
    expect(memory.buffer.byteLength).toBe(3 * 65536);
    arena.reset(mark);
    expect(arena.allocate(2 * 65536)).toBe(65536);
    expect(memory.buffer.byteLength).toBe(3 * 65536);
  });

  test("a memory at its maximum is an error that names the bytes, and the next block has room", () => {
    const { arena } = blocksTo(3);
    const message = "arena: expected a block that memory has room for, got 196593 bytes";
    expect(() => arena.allocate(3 * 65536 - 15)).toThrow(new RangeError(message));
    expect(arena.allocate(3 * 65536 - 16)).toBe(16);
  });
});

describe("HeapArena", () => {
  test("results are right while memory grows under the call", async () => {
    const kernels = await loadKernels({ target: "simd" });
    const shape = { windowCount: 50, vectorCount: 1, rowCount: 4001, bits: 9 };
    const codes = Uint16Array.from({ length: 50 * 4001 }, (_, i) => (i * 37) % 512);
    const planes = kernels.packBitPlanes(codes, shape);
    expect(planes).toEqual(new ScalarKernels().packBitPlanes(codes, shape));
  });

  test("memory stays as it is over many calls, failed ones too", async () => {
    const bound = await instantiateBound(await readWasm("release"));
    const kernels = new WasmKernels(bound, "wasm-simd", new HeapArena(bound.raw));
    const memory = bound.raw["memory"] as WebAssembly.Memory;
    const shape = { windowCount: 1, vectorCount: 1, rowCount: 1000, bits: 16 };
    const codes = new Uint16Array(1000);
    const run = () => {
      kernels.packBitPlanes(codes, shape);
      expect(() => kernels.packBitPlanes(codes, { ...shape, bits: 0 })).toThrow(RangeError);
    };
    run();
    const before = memory.buffer.byteLength;
    for (let i = 0; i < 2000; i++) run();
    expect(memory.buffer.byteLength).toBe(before);
  });

  test("and over many arrays that the control API returns", async () => {
    const bound = await instantiateBound(await readWasm("release"));
    const kernels = new WasmKernels(bound, "wasm-simd", new HeapArena(bound.raw));
    const memory = bound.raw["memory"] as WebAssembly.Memory;
    const run = () => kernels.decodeIndex(kernels.encodeIndex(new Uint32Array(64).fill(~0), 0, 2048, 0), -1);
    run();
    const before = memory.buffer.byteLength;
    for (let i = 0; i < 2000; i++) run();
    expect(memory.buffer.byteLength).toBe(before);
  });
});

test("arrays returned by the control API outlive later calls", async () => {
  const kernels = await loadKernels({ target: "simd" });
  const first = kernels.encodeIndex(Uint32Array.of(0b10010001), 0, 32, 0);
  for (let i = 0; i < 500; i++) kernels.encodeIndex(new Uint32Array(64).fill(0xffffffff), 0, 2048, 0);
  expect([...first]).toEqual([0, 3, 2]);
});

test("instances on one shared memory leave each other's region alone", async () => {
  const memory = sharedMemory();
  const module = await WebAssembly.compile(await readWasm("worker"));
  const half = (MEMORY_PAGES * 65536) / 2;
  const lower = await instantiateOnSharedMemory(module, memory, 0, half);
  const upper = await instantiateOnSharedMemory(module, memory, half, 2 * half);
  const shape = { windowCount: 1, vectorCount: 1, rowCount: 200, bits: 4 };
  const codes = Uint16Array.from({ length: 200 }, (_, i) => i % 16);
  new Uint8Array(memory.buffer, half).fill(0x5a);
  const expected = new ScalarKernels().packBitPlanes(codes, shape);
  expect(lower.packBitPlanes(codes, shape)).toEqual(expected);
  expect(new Uint8Array(memory.buffer, half).every((byte) => byte === 0x5a)).toBe(true);
  new Uint8Array(memory.buffer, 0, half).fill(0x5a);
  expect(upper.packBitPlanes(codes, shape)).toEqual(expected);
  expect(new Uint8Array(memory.buffer, 0, half).every((byte) => byte === 0x5a)).toBe(true);
});
