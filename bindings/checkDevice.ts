import {
  MAX_COUNT,
  checkArray,
  checkCells,
  checkChoice,
  checkCounts,
  checkInteger,
  checkObject,
  checkPair,
  checkRun,
  checkUnit,
  rangeError,
} from "./check.ts";
import { checkBlockShape, checkReads } from "./checkReads.ts";
import type {
  AnalogBlock,
  DeviceLevels,
  DisturbedOptions,
  DrawKey,
  FixedBlock,
  ReadOptions,
  SenseAdc,
  SenseOptions,
  SensingSpec,
  SensingTable,
} from "./deviceKernels.ts";
import { firstEntry } from "./sensingTable.ts";
import type { BitPlanes, CellBlock, StreamTable } from "./shapes.ts";

// Argument checks of the device kernels, in every implementation.

const MAX_OU_ROWS = 4096;
const MAX_TOP_CODE = 2 ** 22 - 1;
const MAX_CODES = 2 ** 20;
const MAX_SIGMA = 8;
const MAX_SAMPLES = 2 ** 20;
/** Values of a table are 16 bits wide. */
const MAX_TABLE_VALUE = 2 ** 16 - 1;
const MAX_NARROW_VALUE = 2 ** 8 - 1;
/** Samples of all entries together (a minute or so), and bytes of the cells that they sum. */
const MAX_TABLE_WORK = 2 ** 34;
const MAX_SAMPLE_BYTES = 2 ** 30;
/** Codes and cells that all entries together go through beside their samples (minutes). */
const MAX_ENTRY_WORK = 2 ** 32;

function checkNumber(argument: string, value: number, min: number, max: number): void {
  if (typeof value !== "number" || !(value >= min && value <= max))
    throw rangeError(argument, `number in ${min}..${max}`, value);
}

function checkKey(argument: string, key: DrawKey): void {
  checkPair(argument, key);
  for (const i of [0, 1]) checkInteger(`${argument}[${i}]`, key[i]!, 0, 2 ** 32 - 1);
}

export function checkProgramCells(block: CellBlock, device: DeviceLevels, key: DrawKey): void {
  checkDevice("device", device);
  checkBlockShape(block, device.base.length - 1);
  checkKey("key", key);
}

function checkDevice(argument: string, device: DeviceLevels): void {
  checkObject(argument, device);
  const { base, span, sigma, stuckLow, stuckHigh } = device;
  checkArray(`${argument}.base`, base, "Float32Array");
  const levelCount = base.length;
  if (![2, 4, 8, 16, 32, 64, 128, 256].includes(levelCount))
    throw rangeError(`${argument}.base`, "one element per level, 2^1..2^8", levelCount);
  checkArray(`${argument}.span`, span, "Float32Array", levelCount);
  checkArray(`${argument}.sigma`, sigma, "Float32Array", levelCount);
  for (let level = 0; level < levelCount; level++) {
    checkNumber(`${argument}.base[${level}]`, base[level]!, -MAX_CODES, MAX_CODES);
    checkNumber(`${argument}.span[${level}]`, span[level]!, -MAX_CODES, MAX_CODES);
    checkNumber(`${argument}.sigma[${level}]`, sigma[level]!, 0, MAX_SIGMA);
  }
  checkNumber(`${argument}.stuckLow`, stuckLow, 0, 1);
  checkNumber(`${argument}.stuckHigh`, stuckHigh, 0, 1 - stuckLow);
}

function checkAdc(argument: string, adc: SenseAdc): void {
  checkObject(argument, adc);
  checkChoice(`${argument}.mode`, adc.mode, ["clip", "scale"]);
  checkInteger(`${argument}.topCode`, adc.topCode, 1, MAX_TOP_CODE);
}

function checkSense(argument: string, options: SenseOptions): void {
  checkObject(argument, options);
  checkInteger(`${argument}.ouRows`, options.ouRows, 1, MAX_OU_ROWS);
  checkAdc(`${argument}.adc`, options.adc);
  checkNumber(`${argument}.offset`, options.offset, -MAX_CODES, MAX_CODES);
  checkNumber(`${argument}.readSigma`, options.readSigma, 0, MAX_CODES);
}

export function checkMvmDisturbed(
  planes: BitPlanes,
  streams: StreamTable,
  cells: AnalogBlock | FixedBlock,
  type: "Float32Array" | "Int16Array",
  block: CellBlock,
  options: DisturbedOptions,
  sums: Float64Array,
): void {
  checkSense("options", options);
  checkReadOptions(planes, options);
  checkReads(planes, streams, block, options, sums);
  const { rowCount, strideBytes, bitlines } = block;
  checkObject("cells", cells);
  checkArray("cells.values", cells.values, type);
  checkRun("cells.bitlines", cells.bitlines, MAX_COUNT);
  const isSame =
    cells.rowCount === rowCount &&
    cells.strideCells === strideBytes &&
    cells.bitlines.start === bitlines.start &&
    cells.bitlines.count === bitlines.count &&
    cells.values.length === block.levels.length;
  if (!isSame) throw rangeError("cells", "the shape of the block they were programmed from", describe(cells));
}

function describe({ rowCount, strideCells, bitlines, values }: AnalogBlock | FixedBlock): string {
  return `${rowCount} rows x ${strideCells}, bitlines from ${bitlines.start}, ${values.length} values`;
}

function checkReadOptions(planes: BitPlanes, { key, windows, statsStride }: ReadOptions): void {
  checkUnit("options.statsStride", statsStride);
  checkKey("options.key", key);
  checkCounts("planes", planes, "windowCount");
  checkArray("options.windows", windows, "Uint32Array", planes.windowCount);
}

export function checkSensingSpec(spec: SensingSpec, key: DrawKey): void {
  checkKey("key", key);
  checkSense("spec", spec);
  const { device, ouRows, adc, sampleCount } = spec;
  checkDevice("spec.device", device);
  checkInteger("spec.sampleCount", sampleCount, 1, MAX_SAMPLES);
  const levelCount = device.base.length;
  const topValue = adc.mode === "clip" ? adc.topCode : Math.max(adc.topCode, ouRows * (levelCount - 1));
  checkInteger("spec.adc.topCode", topValue, 1, MAX_TABLE_VALUE);
  const entryCount = firstEntry(ouRows + 1, levelCount - 1);
  const work = entryCount * sampleCount;
  if (work > MAX_TABLE_WORK) throw rangeError("spec", `at most ${MAX_TABLE_WORK} samples in all entries`, work);
  const entryWork = entryCount * (adc.topCode + 1 + ouRows * levelCount);
  if (entryWork > MAX_ENTRY_WORK)
    throw rangeError("spec", `at most ${MAX_ENTRY_WORK} codes and cells in all entries`, entryWork);
  const bytes = 4 * levelCount * (ouRows + 1) * sampleCount;
  if (bytes > MAX_SAMPLE_BYTES) throw rangeError("spec", `cell samples of at most ${MAX_SAMPLE_BYTES} bytes`, bytes);
  // Shares of tuples with one sum, of the least likely one, must be numbers of double precision.
  if (levelCount > 2 && ouRows * Math.log10(levelCount) > 300)
    throw rangeError("spec.ouRows", `at most ${Math.floor(300 / Math.log10(levelCount))} with these levels`, ouRows);
}

export function checkMvmTable(
  planes: BitPlanes,
  streams: StreamTable,
  block: CellBlock,
  table: SensingTable,
  options: ReadOptions,
  sums: Float64Array,
): void {
  checkObject("table", table);
  checkObject("options", options);
  checkCells(options.weights?.weightBits, options.cells);
  checkUnit("table.ouRows", table.ouRows);
  checkInteger("table.slotBits", table.slotBits, 1, 16);
  checkInteger("table.topValue", table.topValue, 0, table.isWide ? MAX_TABLE_VALUE : MAX_NARROW_VALUE);
  if (table.cellBits !== options.cells.cellBits)
    throw rangeError("table.cellBits", `that of options.cells, ${options.cells.cellBits}`, table.cellBits);
  checkAdc("table.adc", table.adc);
  const entryCount = firstEntry(table.ouRows + 1, 2 ** table.cellBits - 1);
  const slotWords = entryCount * 2 ** table.slotBits * (table.isWide ? 2 : 1);
  checkArray("table.slots", table.slots, "Uint32Array", slotWords);
  checkReadOptions(planes, options);
  checkReads(planes, streams, block, { ...options, ouRows: table.ouRows }, sums);
}
