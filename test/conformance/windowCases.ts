import * as abi from "../../assembly/shared/abi.ts";
import { paddedWordCount } from "../../bindings/coding.ts";
import { mostRowsOf } from "../../bindings/checkPlan.ts";
import { fitsTable } from "../../bindings/countPlan.ts";
import type {
  ConvWindows,
  CountPlan,
  Formulation,
  Kernels,
  Run,
  SegmentTable,
  WindowSource,
} from "../../bindings/kernels.ts";
import { cutIntoRuns } from "../../src/model/base/runs.ts";
import { countPlan } from "../../src/stages/compress/countPlan.ts";
import { SegmentTableBuilder } from "../../src/stages/compress/segmentTable.ts";
import type { Random } from "../helpers/random.ts";
import type { Case, CaseGenerator } from "./cases.ts";

/** Segments times windows that the twin counts for one case. */
const TWIN_SEGMENTS = 2000;

export const windowCases: Record<string, CaseGenerator<Kernels>> = {
  gatherWindows(random) {
    const source = randomSource(random, random.integer(1, 16));
    const count = source.windowCount === 0 ? 0 : random.integer(0, 6);
    const windows = Uint32Array.from({ length: count }, () => random.integer(0, source.windowCount - 1));
    return (kernels) => kernels.gatherWindows(source, windows);
  },

  "countWindows in slices": (random) => countingCase(random, "slices"),
  "countWindows by popcounts": (random) => countingCase(random, "popcounts"),

  "countWindows by table"(random) {
    const bits = random.integer(1, 16);
    const source = randomSource(random, bits);
    const tables = Array.from({ length: random.integer(1, 2) }, () => {
      const by = random.chance(0.8) ? "table" : "slices";
      return countPlan(packedSegments(random, source), source.vectorCount, source.rowCount, by);
    });
    const plans = random.chance(0.2)
      ? [...tables, randomPlan(random, source, random.pick(["slices", "popcounts"]))]
      : tables;
    const segmentCount = plans.reduce((sum, plan) => sum + plan.segments.segmentCount, 1);
    const { start, count } = randomWindows(random, source);
    // The twin takes its time.
    const windows = { start, count: Math.min(count, Math.ceil(TWIN_SEGMENTS / segmentCount)) };
    const fitting = [1, 2, 4, 8, 16, 32, 64, 128, 200, 255, 4096, 2 ** 30].filter((ouRows) =>
      tables.every((plan) => plan.by !== "table" || fitsTable(mostRowsOf(plan.lists), bits, ouRows, 0)),
    );
    const ouRows = random.pick(fitting);
    return (kernels) => kernels.countWindows(source, windows, bits, plans, ouRows, 0);
  },
};

function countingCase(random: Random, by: Formulation): Case<Kernels> {
  const bits = random.integer(1, 16);
  const source = randomSource(random, bits);
  const windows = randomWindows(random, source);
  const planCount = random.integer(1, 2);
  const plans = Array.from({ length: planCount }, () => randomPlan(random, source, by));
  const ouRows = random.chance(0.5) ? random.pick([1, 2, 4, 16, 32, 128, 4096, 2 ** 30]) : random.integer(1, 140);
  const emptyPlaneCycles = random.pick([0, 0, 0, 1, 5]);
  return (kernels) => kernels.countWindows(source, windows, bits, plans, ouRows, emptyPlaneCycles);
}

function randomWindows(random: Random, source: WindowSource): Run {
  const start = random.integer(0, Math.min(source.windowCount, random.pick([0, 0, 3, 40])));
  const left = source.windowCount - start;
  return { start, count: random.chance(0.6) ? left : random.integer(0, left) };
}

function randomSource(random: Random, bits: number): WindowSource {
  if (random.chance(0.04)) return wholeTiles(random, bits);
  const vectorCount = random.pick([1, 1, 1, 2, 3]);
  return random.chance(0.4) ? denseSource(random, vectorCount, bits) : convSource(random, vectorCount, bits);
}

/** As many windows as make a tile of 128 lanes or two, one more, one fewer, or as few as a whole tile takes. */
function wholeTiles(random: Random, bits: number): WindowSource {
  const shape = {
    windowCount: random.pick([111, 112, 127, 128, 129, 255, 256, 257]),
    vectorCount: 1,
    rowCount: random.integer(1, 40),
  };
  return { ...shape, codes: randomCodes(random, shape.windowCount * shape.rowCount, bits), conv: null };
}

function denseSource(random: Random, vectorCount: number, bits: number): WindowSource {
  const rowCount = random.pick([0, 1, 9, 31, 33, 64, 129, 300]);
  const windowCount = random.pick([0, 1, 1, 7, 8, 9, 17, 33, 70, 100, 113, 130]);
  const most = rowCount > 64 ? 20 : 130;
  const shape = { windowCount: Math.min(windowCount, most), vectorCount, rowCount };
  const codes = randomCodes(random, shape.windowCount * vectorCount * rowCount, bits);
  return { ...shape, codes, conv: null };
}

/** Kernels, strides, dilations and pads of any mix that leaves an output. */
function convSource(random: Random, vectorCount: number, bits: number): WindowSource {
  const kernel = [random.integer(1, 3), random.integer(1, 4)] as const;
  const strides = [random.pick([1, 1, 2, 3]), random.pick([1, 1, 1, 2, 3])] as const;
  const dilations = [random.pick([1, 1, 2]), random.pick([1, 1, 2, 3])] as const;
  const [padTop, padLeft] = [random.integer(0, 3), random.integer(0, 3)];
  const height = random.integer(1, 9);
  const width = random.pick([1, 2, 5, 8, 9, 14, 17]);
  const outAxis = (axis: 0 | 1, size: number, pad: number) => {
    const span = (kernel[axis] - 1) * dilations[axis] + 1;
    return Math.max(1, Math.floor((size + pad + random.integer(0, 3) - span) / strides[axis]) + 1);
  };
  const channelsPerVector = random.integer(1, 4);
  const firstChannel = random.integer(0, 2);
  const sampleCount = random.pick([1, 1, 2]);
  const conv: ConvWindows = {
    geometry: { kernel, strides, dilations },
    padTop,
    padLeft,
    outHeight: outAxis(0, height, padTop),
    outWidth: outAxis(1, width, padLeft),
    channelCount: firstChannel + channelsPerVector * vectorCount + random.integer(0, 1),
    height,
    width,
    firstChannel,
    channelsPerVector,
  };
  const windowCount = sampleCount * conv.outHeight * conv.outWidth;
  const codes = randomCodes(random, sampleCount * conv.channelCount * height * width, bits);
  return { windowCount, vectorCount, rowCount: channelsPerVector * kernel[0] * kernel[1], codes, conv };
}

/** Low bits as stated, bits above them at random; often sparse, sometimes all the same. */
function randomCodes(random: Random, count: number, bits: number): Uint16Array {
  const density = random.pick([0, 0.1, 0.5, 0.8, 1, 1]);
  const limit = random.chance(0.3) ? Math.min(bits, 3) : bits;
  const isFull = random.chance(0.15);
  const hasHighBits = random.chance(0.2);
  return Uint16Array.from({ length: count }, () => {
    if (!random.chance(density)) return 0;
    if (isFull) return 2 ** bits - 1;
    return hasHighBits ? random.integer(0, 65535) : random.integer(0, 2 ** limit - 1);
  });
}

/** Row blocks of one height, each with crossbars of groups that keep some of its rows: what "crossbar" packing gives. */
function packedSegments(random: Random, { vectorCount, rowCount }: WindowSource): SegmentTable {
  const builder = new SegmentTableBuilder();
  const height = random.pick([5, 16, 60, 64, 100, 128, 128, 200, 255]);
  const crossbars = random.pick([0, 1, 1, 2, 3, 18]);
  const groups = random.pick([1, 2, 8, 8, 9, 20, 70]);
  const density = random.pick([0, 0.05, 0.5, 0.5, 0.9, 1]);
  for (let vector = 0; vector < vectorCount; vector++) {
    for (const rows of cutIntoRuns(rowCount, height)) {
      const sparse = random.chance(0.2) ? 0.1 : 1;
      for (let crossbar = 0; crossbar < (groups > 20 ? Math.min(2, crossbars) : crossbars); crossbar++) {
        builder.addCrossbar();
        for (let group = 0; group < groups; group++) {
          const set = new Uint32Array(paddedWordCount(rowCount));
          for (let row = rows.start; row < rows.start + rows.count; row++)
            if (random.chance(density * sparse)) set[row >> 5]! |= 1 << (row & 31);
          builder.addMembers(vector, set, 0, rows, random.integer(1, 80));
        }
      }
    }
  }
  const segments = builder.build();
  for (let i = 0; i < segments.segmentCount; i++)
    if (random.chance(0.1)) segments.records[i * abi.SEGMENT_FIELDS + abi.SEGMENT_MULTIPLICITY] = random.integer(2, 9);
  return segments;
}

/** Segments anywhere in the rows of the source, with masks that repeat now and then. */
function randomPlan(random: Random, { vectorCount, rowCount }: WindowSource, by: Formulation): CountPlan {
  const records: number[] = [];
  const masks: number[] = [];
  const wordLimit = paddedWordCount(rowCount);
  const density = random.pick([0.05, 0.5, 0.5, 1]);
  const segmentCount = random.integer(0, random.pick([4, 12, 40]));
  let crossbar = 0;
  for (let i = 0; i < segmentCount; i++) {
    if (random.chance(0.4)) crossbar += random.integer(1, 2);
    const vector = random.integer(0, vectorCount - 1);
    if (i > 0 && random.chance(0.4)) {
      const other = random.integer(0, i - 1) * abi.SEGMENT_FIELDS;
      records.push(crossbar, ...records.slice(other + 1, other + 5), random.integer(1, 9), random.integer(1, 80));
      continue;
    }
    const start = random.chance(0.6) ? 0 : 2 * random.integer(0, wordLimit / 2);
    const count = random.chance(0.6) ? wordLimit - start : 2 * random.integer(0, (wordLimit - start) / 2);
    const mask = new Uint32Array(count);
    for (let bit = 0; bit < count * 32 && start * 32 + bit < rowCount; bit++)
      if (random.chance(density)) mask[bit >> 5]! |= 1 << (bit & 31);
    records.push(crossbar, vector, start, count, masks.length, random.integer(1, 9), random.integer(1, 80));
    masks.push(...mask);
  }
  const segments: SegmentTable = {
    records: Int32Array.from(records),
    masks: Uint32Array.from(masks),
    segmentCount,
    crossbarCount: crossbar + 1,
  };
  return countPlan(segments, vectorCount, rowCount, by);
}
