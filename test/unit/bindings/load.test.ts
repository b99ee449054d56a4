import { ABI_VERSION } from "../../../assembly/shared/abi.ts";
import { afterEach, describe, expect, test, vi } from "vitest";
import { loadKernels, readWasm } from "../../../bindings/index.ts";
import { instantiateAlone } from "../../../bindings/workerKernels.ts";
import { HeapArena } from "../../../bindings/arena.ts";
import { WasmBulkKernels } from "../../../bindings/bulk.ts";

const geometry = { crossbarRows: 128, ouRows: 16, cellBits: 2, weightBits: 16, activationBits: 16 };

afterEach(() => void vi.restoreAllMocks());

describe("loadKernels", () => {
  test.each([
    { target: "simd", backend: "wasm-simd", features: "release, simd128" },
    { target: "debug", backend: "wasm-simd", features: "debug, simd128" },
    { target: "scalar", backend: "wasm-scalar", features: "release, scalar" },
    { target: "typescript", backend: "typescript", features: "TypeScript" },
  ] as const)("$target describes itself", async ({ target, backend, features }) => {
    const kernels = await loadKernels({ target });
    expect(kernels.backend).toBe(backend);
    expect(kernels.describe()).toContain(features);
  });

  test("auto takes SIMD, then scalar Wasm, then TypeScript, as modules validate", async () => {
    expect((await loadKernels()).backend).toBe("wasm-simd");
    const scalarSize = (await readWasm("scalar")).length;
    vi.spyOn(WebAssembly, "validate").mockImplementation((bytes) => bytes.byteLength === scalarSize);
    expect((await loadKernels()).backend).toBe("wasm-scalar");
    vi.spyOn(WebAssembly, "validate").mockReturnValue(false);
    expect((await loadKernels()).backend).toBe("typescript");
  });

  test("a module of another ABI version is refused", () => {
    const raw = { abiVersion: () => 1, memory: new WebAssembly.Memory({ initial: 1 }) };
    expect(() => new WasmBulkKernels(raw, new HeapArena(raw))).toThrow(`expected ABI version ${ABI_VERSION}, got 1`);
  });
});

describe("configure", () => {
  test.each([
    { ouRows: 16, cellBits: 2, simd: "mvm=u8x16" },
    { ouRows: 85, cellBits: 2, simd: "mvm=u8x16" },
    { ouRows: 86, cellBits: 2, simd: "mvm=general" },
    { ouRows: 1, cellBits: 8, simd: "mvm=u8x16" },
    { ouRows: 2, cellBits: 8, simd: "mvm=general" },
  ])("$ouRows rows of $cellBits-bit cells: $simd with SIMD", async ({ ouRows, cellBits, simd }) => {
    expect((await loadKernels({ target: "simd" })).configure({ ...geometry, ouRows, cellBits })).toBe(simd);
    const alone = await instantiateAlone(await WebAssembly.compile(await readWasm("worker")));
    expect(alone.configure({ ...geometry, ouRows, cellBits })).toBe(simd);
    expect((await loadKernels({ target: "scalar" })).configure({ ...geometry, ouRows, cellBits })).toBe("mvm=general");
    expect((await loadKernels({ target: "typescript" })).configure({ ...geometry, ouRows, cellBits })).toBe(
      "mvm=general",
    );
  });
});
