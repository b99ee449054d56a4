import type {
  CellBlock,
  DeviceLevels,
  DisturbedOptions,
  DrawKey,
  Kernels,
  ReadOptions,
  SenseAdc,
  SenseOptions,
  SensingSpec,
  SensingTable,
} from "../../bindings/kernels.ts";
import { paddedStrideBytes } from "../../bindings/coding.ts";
import { ScalarKernels } from "../../bindings/scalar.ts";
import { firstEntry } from "../../bindings/sensingTable.ts";
import type { Random } from "../helpers/random.ts";
import type { CaseGenerator, randomProduct } from "./cases.ts";

const twin = new ScalarKernels();
const OU_ROWS = [1, 2, 3, 5, 9, 16, 17, 32, 127, 128, 200];

/** Cases of the device kernels; `product`: what mvmBitSerial gets. */
export function deviceCases(product: typeof randomProduct): Record<string, CaseGenerator<Kernels>> {
  const disturbed = (random: Random) => {
    const { planes, streams, block, sumCount, ...walk } = product(random, random.pick(OU_ROWS));
    const sense = randomSense(random, walk.ouRows, 2 ** walk.cells.cellBits - 1);
    const options: DisturbedOptions = { ...walk, ...randomRead(random, planes.windowCount), ...sense };
    const device = randomDevice(random, walk.cells.cellBits);
    return { planes, streams, block, options, device, before: new Float64Array(sumCount).fill(7) };
  };
  return {
    programCells(random) {
      const { block, device, key } = randomBlock(random);
      return (kernels) => kernels.programCells(block, device, key);
    },

    programCellsFixed(random) {
      const { block, device, key } = randomBlock(random);
      return (kernels) => kernels.programCellsFixed(block, device, key);
    },

    mvmDisturbed(random) {
      const { planes, streams, block, options, device, before } = disturbed(random);
      const cells = twin.programCells(block, device, options.key);
      return (kernels) => {
        const sums = before.slice();
        return { sums, stats: kernels.mvmDisturbed(planes, streams, cells, block, options, sums) };
      };
    },

    mvmDisturbedFixed(random) {
      const { planes, streams, block, options, device, before } = disturbed(random);
      const cells = twin.programCellsFixed(block, device, options.key);
      return (kernels) => {
        const sums = before.slice();
        return { sums, stats: kernels.mvmDisturbedFixed(planes, streams, cells, block, options, sums) };
      };
    },

    buildSensingTable(random) {
      const cellBits = random.integer(1, 3);
      const ouRows = random.integer(1, random.pick([2, 6]));
      const spec: SensingSpec = {
        device: randomDevice(random, cellBits),
        sampleCount: random.integer(1, 50),
        ...randomSense(random, ouRows, 2 ** cellBits - 1),
      };
      const key = randomKey(random);
      return (kernels) => kernels.buildSensingTable(spec, key);
    },

    mvmTable(random) {
      const { planes, streams, block, sumCount, ...walk } = product(random, random.pick([1, 2, 3, 5, 9]));
      const options: ReadOptions = { ...walk, ...randomRead(random, planes.windowCount) };
      const table = randomTable(random, walk.ouRows, walk.cells.cellBits);
      const before = new Float64Array(sumCount).fill(7);
      return (kernels) => {
        const sums = before.slice();
        return { sums, stats: kernels.mvmTable(planes, streams, block, table, options, sums) };
      };
    },
  };
}

function randomKey(random: Random): DrawKey {
  return [random.integer(0, 2 ** 32 - 1), random.integer(0, random.pick([3, 2 ** 32 - 1]))];
}

function randomRead(random: Random, windowCount: number): Pick<ReadOptions, "key" | "windows" | "statsStride"> {
  const last = random.pick([5, 2 ** 32 - 1]);
  const windows = Uint32Array.from({ length: windowCount }, () => random.integer(0, last));
  return { key: randomKey(random), windows, statsStride: random.pick([1, 1, 2, 3]) };
}

/** Any ADC, with and without noise and an offset. */
function randomSense(random: Random, ouRows: number, topLevel: number): SenseOptions {
  const lossless = 2 ** Math.ceil(Math.log2(ouRows * topLevel + 1)) - 1;
  const topCode = random.chance(0.3) ? lossless : 2 ** random.integer(1, 10) - 1;
  const adc: SenseAdc = { mode: random.pick(["clip", "clip", "scale"]), topCode };
  const offset = random.pick([0, 0, 0.0555, -0.3, 3]);
  return { ouRows, adc, offset, readSigma: random.pick([0, 0, 0.07, 0.5, 40]) };
}

/** Ideal, a little off, or anything; few levels may be far from their place. */
function randomDevice(random: Random, cellBits: number): DeviceLevels {
  const levelCount = 2 ** cellBits;
  const sigma = random.pick([0, 0.02, 0.2, 1.2, 8]);
  const shift = random.pick([0, 0, 0.4, 30]);
  const perLevel = (value: (level: number) => number) => Float32Array.from({ length: levelCount }, (_, l) => value(l));
  const rates = random.pick([
    [0, 0],
    [0, 0],
    [0.1, 0.2],
    [1, 0],
    [0, 1],
    [0.5, 0.5],
  ]);
  return {
    base: perLevel((level) => level + shift * (random.unit() - 0.5)),
    span: perLevel((level) => random.pick([0, 1 / 18, 1]) + level),
    sigma: perLevel(() => sigma * random.pick([1, 1, 0.5])),
    stuckLow: rates[0]!,
    stuckHigh: rates[1]!,
  };
}

function randomBlock(random: Random): { block: CellBlock; device: DeviceLevels; key: DrawKey } {
  const cellBits = random.integer(1, 8);
  const rowCount = random.integer(0, 12);
  const bitlines = { start: random.pick([0, 3, 70_000]), count: random.integer(0, random.pick([5, 40])) };
  const strideBytes = paddedStrideBytes(bitlines.count) + 16 * random.integer(0, 1);
  const levels = Uint8Array.from({ length: rowCount * strideBytes }, () => random.integer(0, 2 ** cellBits - 1));
  const block = { levels, rowCount, strideBytes, bitlines };
  return { block, device: randomDevice(random, cellBits), key: randomKey(random) };
}

/** Slots with any thresholds and values. */
function randomTable(random: Random, ouRows: number, cellBits: number): SensingTable {
  const isWide = random.chance(0.4);
  const slotBits = cellBits > 4 ? 1 : random.integer(1, 4);
  const topValue = random.integer(1, isWide ? random.pick([300, 65535]) : 255);
  const entryCount = firstEntry(ouRows + 1, 2 ** cellBits - 1);
  const slots = new Uint32Array((entryCount * (isWide ? 2 : 1)) << slotBits);
  const word = () => (random.integer(0, 65535) * (isWide ? 1 : 65536)) >>> 0;
  const value = () => random.integer(0, topValue);
  for (let at = 0; at < slots.length; at++) {
    slots[at] = word();
    if (isWide) slots[++at] = value() * 65536 + value();
    else slots[at]! += value() * 256 + value();
  }
  const adc: SenseAdc = { mode: random.pick(["clip", "scale"]), topCode: 2 ** random.integer(1, 10) - 1 };
  return { ouRows, cellBits, slotBits, isWide, slots, topValue, adc };
}
