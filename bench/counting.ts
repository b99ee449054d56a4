import { loadKernels } from "../bindings/index.ts";
import { ScalarKernels } from "../bindings/scalar.ts";
import type { BulkKernels, CountPlan } from "../bindings/kernels.ts";
import { countingCases } from "./cases.ts";
import type { PreparedCase } from "./inputs.ts";
import { NativeBench, plainCase, slicedCase } from "./native.ts";
import { timeInterleaved } from "./timing.ts";
import type { Variant } from "./timing.ts";

/** Windows that the slow TypeScript twin counts. */
const TWIN_WINDOWS = 4;

export interface Row {
  readonly variant: string;
  /** 10^9 (window, bit-plane, OU column group of a crossbar) counted per second. */
  readonly rate: number;
  readonly best_s: number;
  readonly rme: number;
  readonly sampleCount: number;
}

export interface CaseResult {
  readonly name: string;
  readonly unit: string;
  readonly rows: readonly Row[];
}

/** Counting of dof and orc-dof, every formulation on every case, C beside it where there is a compiler. */
export async function benchCounting(rounds: number, seconds: number): Promise<CaseResult[]> {
  const simd = await loadKernels({ target: "simd" });
  const scalar = await loadKernels({ target: "scalar" });
  const native = NativeBench.create();
  try {
    const results: CaseResult[] = [];
    for (const prepared of await countingCases(simd)) {
      results.push(benchCase(prepared, simd, scalar, native, rounds, seconds));
    }
    return results;
  } finally {
    native?.close();
  }
}

function benchCase(
  prepared: PreparedCase,
  simd: BulkKernels,
  scalar: BulkKernels,
  native: NativeBench | null,
  rounds: number,
  seconds: number,
): CaseResult {
  const { name, source, orc } = prepared;
  const opsPerWindow = prepared.format.bits * orc.segmentCount;
  const twin = new ScalarKernels();
  const everywhere = (name: string, run: () => number): Variant & { windows: number } => ({
    ...{ name, run },
    windows: source.windowCount,
  });
  const { plans, popcountPlans, tablePlans } = prepared;
  const variants = [
    everywhere("Wasm, SIMD, bit slices", () => countAll(simd, prepared, plans, source.windowCount)),
    ...(tablePlans === null
      ? []
      : [everywhere("Wasm, SIMD, code table", () => countAll(simd, prepared, tablePlans, source.windowCount))]),
    everywhere("Wasm, SIMD, popcounts", () => countAll(simd, prepared, popcountPlans, source.windowCount)),
    everywhere("Wasm, scalar, popcounts", () => countAll(scalar, prepared, popcountPlans, source.windowCount)),
    everywhere("Wasm, SIMD, popcounts of packed planes", popcounts(simd, prepared)),
    {
      name: "TypeScript twin",
      windows: TWIN_WINDOWS,
      run: () => countAll(twin, prepared, popcountPlans, TWIN_WINDOWS),
    },
  ];
  const timings = timeInterleaved(variants, rounds, seconds);
  const rows = timings.map((timing, index): Row => ({
    variant: timing.name,
    rate: (opsPerWindow * variants[index]!.windows) / timing.best_s / 1e9,
    best_s: timing.best_s,
    rme: timing.rme,
    sampleCount: timing.sampleCount,
  }));
  const expected = timings[0]!.checksum;
  for (const { name: variant, checksum } of timings.slice(1, -1)) {
    if (checksum !== expected) throw new Error(`${name}: ${variant} counts ${checksum}, expected ${expected}`);
  }
  return {
    name,
    unit: "Gop/s",
    rows: [...rows, ...nativeRows(prepared, native, opsPerWindow, expected, rounds, seconds)],
  };
}

/** Operations of orc-dof: what every formulation must agree on. */
function countAll(
  kernels: BulkKernels,
  { source, format, config }: PreparedCase,
  plans: readonly CountPlan[],
  windowCount: number,
): number {
  return kernels.countWindows(source, { start: 0, count: windowCount }, format.bits, plans, config.ou.rows, 0)[1]!
    .ouOps;
}

/** Popcounts over planes that are packed beforehand; orc-dof alone. */
function popcounts(kernels: BulkKernels, prepared: PreparedCase): () => number {
  const planes = packedPlanes(kernels, prepared);
  return () => kernels.countOuCycles(planes, prepared.orc, prepared.config.ou.rows, 0).ouOps;
}

function packedPlanes(
  kernels: BulkKernels,
  { source, format }: PreparedCase,
): ReturnType<BulkKernels["packBitPlanes"]> {
  const { windowCount, vectorCount, rowCount } = source;
  const codes = kernels.gatherWindows(
    source,
    Uint32Array.from({ length: windowCount }, (_, window) => window),
  );
  return kernels.packBitPlanes(codes, { windowCount, vectorCount, rowCount, bits: format.bits });
}

/** C: the plain loop on planes packed beforehand, and the bit slices with all that the Wasm kernel does. */
function nativeRows(
  prepared: PreparedCase,
  native: NativeBench | null,
  opsPerWindow: number,
  expected: number,
  rounds: number,
  seconds: number,
): Row[] {
  if (native === null) return [];
  const { source, format, plans, config, orc } = prepared;
  const planes = packedPlanes(new ScalarKernels(), prepared);
  const programs = [
    {
      variant: "C, plain popcounts (-O3 -march=native)",
      name: "plain",
      flags: ["-O3", "-march=native"],
      parts: plainCase(planes, orc, config.ou.rows),
    },
    {
      variant: "C, plain popcounts (-O3 -mavx2 -mpopcnt)",
      name: "plain",
      flags: ["-O3", "-mavx2", "-mpopcnt"],
      parts: plainCase(planes, orc, config.ou.rows),
    },
    {
      variant: "C, bit slices, 128 bits (-O3 -mavx2)",
      name: "sliced",
      flags: ["-O3", "-mavx2"],
      parts: slicedCase(source, format.bits, plans, config.ou.rows),
    },
  ];
  return programs.map(({ variant, name, flags, parts }) => {
    const program = native.build(name, flags);
    const casePath = native.writeCase(name, parts);
    const runs = Array.from({ length: rounds }, () => native.run(program, casePath, seconds));
    for (const { ouOps } of runs)
      if (ouOps !== expected) throw new Error(`${prepared.name}: ${variant} counts ${ouOps}, expected ${expected}`);
    const best_s = Math.min(...runs.map((run) => run.seconds));
    const sampleCount = runs.reduce((total, run) => total + run.runs, 0);
    return { variant, rate: (opsPerWindow * source.windowCount) / best_s / 1e9, best_s, rme: 0, sampleCount };
  });
}
