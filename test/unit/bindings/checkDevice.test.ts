import { describe, test } from "vitest";
import { loadKernels } from "../../../bindings/index.ts";
import type { DeviceLevels, DisturbedOptions, DrawKey, Kernels, SensingSpec } from "../../../bindings/kernels.ts";
import { expectRefusal } from "../../helpers/faults.ts";

const weights = { values: Int16Array.of(1, -2, 3), rowCount: 3, colCount: 1, weightBits: 4 };
const cells = { cellBits: 2, coding: "offset" } as const;
const planes = { words: new Uint32Array(12), windowCount: 1, vectorCount: 1, planeCount: 3, wordCount: 4 };
const streams = { records: Int32Array.of(0, -1, 0, 3, 0, 2), entries: new Uint32Array(3), streamCount: 1 };
const device: DeviceLevels = {
  base: Float32Array.of(0, 1, 2, 3),
  span: Float32Array.of(1, 2, 3, 4),
  sigma: new Float32Array(4).fill(0.1),
  stuckLow: 0,
  stuckHigh: 0,
};
const adc = { mode: "clip", topCode: 7 } as const;
const options: DisturbedOptions = {
  formation: "dynamic",
  ouRows: 2,
  adc,
  offset: 0,
  readSigma: 0,
  signed: false,
  weights,
  cells,
  key: [1, 2],
  windows: Uint32Array.of(0),
  statsStride: 1,
};
const spec: SensingSpec = { device, ouRows: 2, adc, offset: 0, readSigma: 0, sampleCount: 10 };

const block = (k: Kernels) => k.encodeCells(weights, cells, { start: 0, count: 2 });

function program(k: Kernels, changes: Partial<DeviceLevels>, key: readonly [number, number] = [1, 2]) {
  return k.programCells(block(k), { ...device, ...changes }, key);
}

function disturbed(k: Kernels, changes: Partial<DisturbedOptions>) {
  return k.mvmDisturbed(planes, streams, program(k, {}), block(k), { ...options, ...changes }, new Float64Array(1));
}

function build(k: Kernels, changes: Partial<SensingSpec>) {
  return k.buildSensingTable({ ...spec, ...changes }, [1, 2]);
}

const levels = (count: number): DeviceLevels => ({
  ...device,
  base: new Float32Array(count),
  span: new Float32Array(count),
  sigma: new Float32Array(count),
});

const refused: [string, (kernels: Kernels) => unknown][] = [
  ["device.base: expected one element per level, 2^1..2^8, got 3", (k) => program(k, { base: new Float32Array(3) })],
  ["device.span: expected 4 elements, got 2", (k) => program(k, { span: new Float32Array(2) })],
  ["device.sigma[1]: expected number in 0..8, got -1", (k) => program(k, { sigma: Float32Array.of(0, -1, 0, 0) })],
  [
    "device.base[0]: expected number in -1048576..1048576, got NaN",
    (k) => program(k, { base: Float32Array.of(NaN, 0, 0, 0) }),
  ],
  ["device.stuckLow: expected number in 0..1, got 1.5", (k) => program(k, { stuckLow: 1.5 })],
  ["device.stuckHigh: expected number in 0..0.5, got 0.6", (k) => program(k, { stuckLow: 0.5, stuckHigh: 0.6 })],
  ["key[1]: expected integer in 0..4294967295, got -1", (k) => program(k, {}, [0, -1])],
  ["key: expected 2 elements, got 1", (k) => program(k, {}, [7] as unknown as DrawKey)],
  ["options.key: expected 2 elements, got 3", (k) => disturbed(k, { key: [1, 2, 3] as unknown as DrawKey })],
  ["block.levels[1]: expected level in 0..1, got 2", (k) => k.programCellsFixed(block(k), levels(2), [1, 2])],
  ["options.ouRows: expected integer in 1..4096, got 4097", (k) => disturbed(k, { ouRows: 4097 })],
  [
    "options.adc.topCode: expected integer in 1..4194303, got 0",
    (k) => disturbed(k, { adc: { mode: "clip", topCode: 0 } }),
  ],
  ["options.offset: expected number in -1048576..1048576, got Infinity", (k) => disturbed(k, { offset: Infinity })],
  ["options.readSigma: expected number in 0..1048576, got -0.1", (k) => disturbed(k, { readSigma: -0.1 })],
  ["options.windows: expected 1 elements, got 2", (k) => disturbed(k, { windows: new Uint32Array(2) })],
  ["options.statsStride: expected integer of at least 1, got 0", (k) => disturbed(k, { statsStride: 0 })],
  ["options.key[0]: expected integer in 0..4294967295, got 0.5", (k) => disturbed(k, { key: [0.5, 0] })],
  [
    "cells: expected the shape of the block they were programmed from, got 3 rows x 16, bitlines from 1, 48 values",
    (k) => {
      const other = k.programCells(k.encodeCells(weights, cells, { start: 1, count: 1 }), device, [1, 2]);
      return k.mvmDisturbed(planes, streams, other, block(k), options, new Float64Array(1));
    },
  ],
  [
    "sums: expected 1 elements",
    (k) => k.mvmDisturbed(planes, streams, program(k, {}), block(k), options, new Float64Array(2)),
  ],
  ["spec.sampleCount: expected integer in 1..1048576, got 0", (k) => build(k, { sampleCount: 0 })],
  [
    "spec.adc.topCode: expected integer in 1..65535, got 65536",
    (k) => build(k, { adc: { mode: "clip", topCode: 65536 } }),
  ],
  [
    "spec: expected at most 17179869184 samples in all entries",
    (k) => build(k, { ouRows: 4096, sampleCount: 2 ** 20 }),
  ],
  [
    "spec: expected cell samples of at most 1073741824 bytes",
    (k) => build(k, { device: levels(256), ouRows: 4, sampleCount: 2 ** 18 }),
  ],
  [
    "spec: expected at most 4294967296 codes and cells in all entries",
    (k) => build(k, { ouRows: 4096, sampleCount: 1, device: levels(2) }),
  ],
  [
    "spec.ouRows: expected at most 249 with these levels, got 250",
    (k) => build(k, { device: levels(16), ouRows: 250, sampleCount: 1 }),
  ],
  [
    "table.cellBits: expected that of options.cells, 1, got 2",
    (k) => {
      const oneBit = { cellBits: 1, coding: "offset" } as const;
      const ones = k.encodeCells(weights, oneBit, { start: 0, count: 2 });
      return k.mvmTable(planes, streams, ones, build(k, {}), { ...options, cells: oneBit }, new Float64Array(1));
    },
  ],
  [
    "table.slots: expected",
    (k) => {
      const table = { ...build(k, {}), slots: new Uint32Array(5) };
      return k.mvmTable(planes, streams, block(k), table, options, new Float64Array(1));
    },
  ],
];

describe.each(["typescript", "simd"] as const)("%s refuses arguments in one line", async (target) => {
  const kernels = await loadKernels({ target });

  test.each(refused)("%s", (message, call) => expectRefusal(() => call(kernels), message));

  test("and takes the same arguments when nothing is wrong", () => {
    disturbed(kernels, {});
    const table = build(kernels, {});
    kernels.mvmTable(planes, streams, block(kernels), table, options, new Float64Array(1));
  });
});
