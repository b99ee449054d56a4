import { describe, test } from "vitest";
import * as abi from "../../../assembly/shared/abi.ts";
import { loadKernels } from "../../../bindings/index.ts";
import type { BitPlanes, Kernels, MvmOptions, SegmentTable, StreamTable } from "../../../bindings/kernels.ts";
import { expectRefusal } from "../../helpers/faults.ts";

const weights = { values: Int16Array.of(1, -2, 3, 0, 0, -4), rowCount: 3, colCount: 2, weightBits: 4 };
const cells = { cellBits: 2, coding: "offset" } as const;
const shape = { windowCount: 1, vectorCount: 1, rowCount: 3, bits: 3 };
const codes = Uint16Array.of(1, 2, 3);
const planes: BitPlanes = { words: new Uint32Array(12), windowCount: 1, vectorCount: 1, planeCount: 3, wordCount: 4 };
const geometry = { crossbarRows: 128, ouRows: 16, cellBits: 2, weightBits: 16, activationBits: 16 };
const sums = () => new Float64Array(2);

function segment(changes: Partial<Record<number, number>>): SegmentTable {
  const record = [0, 0, 0, 4, 0, 1, 4].map((value, field) => changes[field] ?? value);
  return { records: Int32Array.from(record), masks: new Uint32Array(4), segmentCount: 1, crossbarCount: 1 };
}

/** A segment in each of some of two crossbars. */
function crossbars(...order: number[]): SegmentTable {
  const parts = order.map((crossbar) => segment({ [abi.SEGMENT_CROSSBAR]: crossbar }));
  const records = Int32Array.from(parts.flatMap((part) => [...part.records]));
  return { ...parts[0]!, records, segmentCount: order.length, crossbarCount: 2 };
}

function stream(changes: Partial<Record<number, number>>, entries = [0, 0, 0]): StreamTable {
  const record = [0, -1, 0, 3, 0, 4].map((value, field) => changes[field] ?? value);
  return { records: Int32Array.from(record), entries: Uint32Array.from(entries), streamCount: 1 };
}

function mvm(kernels: Kernels, streams: StreamTable, changes: Partial<MvmOptions> = {}, level = 0): void {
  const block = kernels.encodeCells(weights, cells, { start: 0, count: 4 });
  block.levels[5] = level;
  const adcTransfer = Int32Array.of(0, 1, 2, 3, 4, 5, 6);
  const options: MvmOptions = {
    formation: "dynamic",
    ouRows: 2,
    adcTransfer,
    signed: false,
    weights,
    cells,
    ...changes,
  };
  kernels.mvmBitSerial(planes, streams, block, options, sums());
}

// Each call is fine but for the one thing that its message names.
const refused: [string, (kernels: Kernels) => unknown][] = [
  ["codes: expected 3 elements", (k) => k.packBitPlanes(Uint16Array.of(1), shape)],
  ["shape.bits: expected integer in 1..16, got 17", (k) => k.packBitPlanes(codes, { ...shape, bits: 17 })],
  ["shape.windowCount: expected integer of at least 0", (k) => k.packBitPlanes(codes, { ...shape, windowCount: -1 })],
  [
    "weights.values: expected 6 elements",
    (k) => k.buildRowMasks({ ...weights, rowCount: 3, values: new Int16Array(5) }, cells, []),
  ],
  [
    "groups[1]: expected an end of at most 4, got 5",
    (k) =>
      k.buildRowMasks(weights, cells, [
        { start: 0, count: 4 },
        { start: 4, count: 1 },
      ]),
  ],
  ["groups[0].start: expected integer", (k) => k.buildRowMasks(weights, cells, [{ start: -1, count: 1 }])],
  ["cells.cellBits: expected integer in 1..8, got 9", (k) => k.buildRowMasks(weights, { ...cells, cellBits: 9 }, [])],
  [
    "weights.weightBits: expected integer in 1..16, got 0",
    (k) => k.encodeCells({ ...weights, weightBits: 0 }, cells, { start: 0, count: 0 }),
  ],
  [
    "weights.values[5]: expected offset weight in -4..3, got -5",
    (k) => k.buildRowMasks({ ...weights, weightBits: 3, values: Int16Array.of(0, 0, 0, 0, 0, -5) }, cells, []),
  ],
  [
    "weights.values[0]: expected positive weight in -7..7, got -8",
    (k) =>
      k.encodeCells(
        { ...weights, values: Int16Array.of(-8, 0, 0, 0, 0, 0) },
        { cellBits: 2, coding: "positive" },
        { start: 0, count: 1 },
      ),
  ],
  [
    "rowGroups[0]: expected an end of at most 3, got 4",
    (k) => k.buildBitlineMasks(weights, cells, [{ start: 2, count: 2 }]),
  ],
  ["bitlines: expected an end of at most 4, got 5", (k) => k.encodeCells(weights, cells, { start: 1, count: 4 })],
  ["unit: expected integer of at least 1, got 0", (k) => k.countFixedOus(segment({}), 0)],
  ["segments.records: expected 7 elements", (k) => k.countFixedOus({ ...segment({}), records: new Int32Array(6) }, 1)],
  [
    "segments.records[0].mask: expected an end of at most 4, got 5",
    (k) => k.countFixedOus(segment({ [abi.SEGMENT_MASK_START]: 1 }), 1),
  ],
  [
    "segments.records[0].crossbar: expected integer in 0..0, got 1",
    (k) => k.countFixedOus(segment({ [abi.SEGMENT_CROSSBAR]: 1 }), 1),
  ],
  [
    "segments.records[1].crossbar: expected integer in 1..1, got 0",
    (k) => k.countOuCycles(planes, crossbars(1, 0), 2, 0),
  ],
  [
    "segments.records[0].vector: expected integer in 0..0, got 1",
    (k) => k.countOuCycles(planes, segment({ [abi.SEGMENT_VECTOR]: 1 }), 2, 0),
  ],
  [
    "segments.records[0].words: expected an end of at most 4, got 5",
    (k) => k.countOuCycles(planes, segment({ [abi.SEGMENT_WORD_START]: 1 }), 2, 0),
  ],
  ["ouRows: expected integer of at least 1, got 0", (k) => k.countOuCycles(planes, segment({}), 0, 0)],
  ["emptyPlaneCycles: expected integer of at least 0, got 0.5", (k) => k.countOuCycles(planes, segment({}), 2, 0.5)],
  [
    "planes.wordCount: expected a multiple of 4, got 3",
    (k) => k.countOuCycles({ ...planes, wordCount: 3 }, segment({}), 2, 0),
  ],
  [
    "planes.words: expected 12 elements",
    (k) => k.countOuCycles({ ...planes, words: new Uint32Array(11) }, segment({}), 2, 0),
  ],
  ["streams.records[0].vector: expected integer in 0..0, got 1", (k) => mvm(k, stream({ [abi.STREAM_VECTOR]: 1 }))],
  [
    "streams.records[0].entries: expected an end of at most 3, got 4",
    (k) => mvm(k, stream({ [abi.STREAM_ENTRY_COUNT]: 4 })),
  ],
  [
    "streams.records[0].bitlines: expected an end of at most 4, got 5",
    (k) => mvm(k, stream({ [abi.STREAM_BITLINE_START]: 1 })),
  ],
  ["streams.records[0].lastRow: expected a row below 3, got 3", (k) => mvm(k, stream({}, [0, 0, 1]))],
  [
    "streams.records[0].lastRow: expected a row below 3, got 4294967297",
    (k) => mvm(k, stream({}, [0, 0, 2 ** 32 - 1])),
  ],
  ["options.adcTransfer: expected at least 7 elements", (k) => mvm(k, stream({}), { adcTransfer: new Int32Array(6) })],
  ["options.ouRows: expected integer of at least 1, got 0", (k) => mvm(k, stream({}), { ouRows: 0 })],
  ["block.levels[5]: expected level in 0..3, got 4", (k) => mvm(k, stream({}), {}, 4)],
  ["sums: expected 2 elements", (k) => k.integerProduct(codes, shape, 0, false, weights, new Float64Array(3))],
  ["vector: expected integer in 0..0, got 1", (k) => k.integerProduct(codes, shape, 1, false, weights, sums())],
  [
    "weights.rowCount: expected integer in 4..4, got 3",
    (k) => k.integerProduct(new Uint16Array(4), { ...shape, rowCount: 4 }, 0, false, weights, sums()),
  ],
  ["rows: expected an end of at most 32, got 33", (k) => k.encodeIndex(new Uint32Array(1), 1, 32, 2)],
  ["indexBits: expected integer in 0..16, got 17", (k) => k.encodeIndex(new Uint32Array(1), 0, 32, 17)],
  ["previousRow: expected integer of at least -1, got -2", (k) => k.decodeIndex(Uint32Array.of(0), -2)],
  ["entries: expected rows of at most 2147483647", (k) => k.decodeIndex(Uint32Array.of(2 ** 31), 0)],
  [
    "geometry.crossbarRows: expected integer of at least 1, got 0",
    (k) => k.configure({ ...geometry, crossbarRows: 0 }),
  ],
  ["geometry.ouRows: expected integer in 1..128, got 129", (k) => k.configure({ ...geometry, ouRows: 129 })],
  ["geometry.cellBits: expected integer in 1..8, got 9", (k) => k.configure({ ...geometry, cellBits: 9 })],
  ["geometry.weightBits: expected integer in 1..16, got 17", (k) => k.configure({ ...geometry, weightBits: 17 })],
  ["geometry.activationBits: expected integer in 1..16, got 0", (k) => k.configure({ ...geometry, activationBits: 0 })],
];

describe.each(["typescript", "debug", "simd"] as const)("%s refuses arguments in one line", async (target) => {
  const kernels = await loadKernels({ target });

  test.each(refused)("%s", (message, call) => expectRefusal(() => call(kernels), message));

  test("and takes the same arguments when nothing is wrong", () => {
    kernels.packBitPlanes(codes, shape);
    kernels.buildRowMasks(weights, cells, [{ start: 0, count: 4 }]);
    kernels.countOuCycles(planes, segment({}), 2, 0);
    mvm(kernels, stream({}), {}, 3);
    kernels.integerProduct(codes, shape, 0, false, weights, sums());
  });
});
