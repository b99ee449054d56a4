import * as abi from "../assembly/shared/abi.ts";
import * as device from "../assembly/shared/deviceAbi.ts";
import * as check from "./checkDevice.ts";
import { sliceCount } from "./coding.ts";
import type {
  AnalogBlock,
  DeviceKernels,
  DeviceLevels,
  DisturbedOptions,
  DrawKey,
  FixedBlock,
  ReadOptions,
  ReadStats,
  SenseAdc,
  SensingSpec,
  SensingTable,
} from "./deviceKernels.ts";
import { KernelCalls } from "./kernelCalls.ts";
import { absorb } from "./scalar/draws.ts";
import { faultLimits } from "./scalar/program.ts";
import { addedCurrents } from "./scalar/sense.ts";
import { readNeed } from "./scratch.ts";
import { tabulate } from "./sensingTable.ts";
import type { BitPlanes, CellBlock, StreamTable } from "./shapes.ts";
import { CODINGS } from "./weightPieces.ts";

const ADC_MODES: Record<SenseAdc["mode"], number> = { clip: device.ADC_CLIP, scale: device.ADC_SCALE };

/** Device kernels of a Wasm instance. */
export class WasmDeviceKernels extends KernelCalls implements DeviceKernels {
  programCells(block: CellBlock, levels: DeviceLevels, key: DrawKey): AnalogBlock {
    check.checkProgramCells(block, levels, key);
    const values = new Float32Array(block.levels.length);
    this.program(block, levels, key, values, false);
    return { values, rowCount: block.rowCount, strideCells: block.strideBytes, bitlines: block.bitlines };
  }

  programCellsFixed(block: CellBlock, levels: DeviceLevels, key: DrawKey): FixedBlock {
    check.checkProgramCells(block, levels, key);
    const values = new Int16Array(block.levels.length);
    this.program(block, levels, key, values, true);
    return { values, rowCount: block.rowCount, strideCells: block.strideBytes, bitlines: block.bitlines };
  }

  mvmDisturbed(
    planes: BitPlanes,
    streams: StreamTable,
    cells: AnalogBlock,
    block: CellBlock,
    options: DisturbedOptions,
    sums: Float64Array,
  ): ReadStats {
    check.checkMvmDisturbed(planes, streams, cells, "Float32Array", block, options, sums);
    return this.mvmOfCells(device.CELLS_FLOAT, planes, streams, cells.values, block, options, sums);
  }

  mvmDisturbedFixed(
    planes: BitPlanes,
    streams: StreamTable,
    cells: FixedBlock,
    block: CellBlock,
    options: DisturbedOptions,
    sums: Float64Array,
  ): ReadStats {
    check.checkMvmDisturbed(planes, streams, cells, "Int16Array", block, options, sums);
    return this.mvmOfCells(device.CELLS_FIXED, planes, streams, cells.values, block, options, sums);
  }

  buildSensingTable(spec: SensingSpec, key: DrawKey): SensingTable {
    check.checkSensingSpec(spec, key);
    const { arena } = this;
    const { ouRows, sampleCount, adc } = spec;
    const levelCount = spec.device.base.length;
    const own = absorb(key, device.DRAW_TABLE);
    const stride = Math.ceil(sampleCount / 16) * 16;
    const counts = new Uint32Array(adc.topCode + 1);
    let table: SensingTable | undefined;
    this.withBlocks(() => {
      const samples = arena.allocate((levelCount * (ouRows + 1) + 1) * stride * 4 + device.CODES_WORK_BYTES);
      const program = this.deviceJob(spec.device, own);
      program[device.PROGRAM_ROW_COUNT] = ouRows;
      program[device.PROGRAM_STRIDE] = stride;
      program[device.PROGRAM_BITLINE_COUNT] = sampleCount;
      program[device.PROGRAM_VALUES] = samples;
      this.call("drawSamples", arena.copyIn(program));
      const job = new Int32Array(device.CODES_FIELDS);
      job[device.CODES_SAMPLES] = samples;
      job[device.CODES_STRIDE] = stride;
      job[device.CODES_OU_ROWS] = ouRows;
      job[device.CODES_TOP_LEVEL] = levelCount - 1;
      job[device.CODES_ADC_MODE] = ADC_MODES[adc.mode];
      job[device.CODES_TOP_CODE] = adc.topCode;
      job[device.CODES_COUNTS] = arena.allocate(counts.byteLength);
      job[device.CODES_WORK] = arena.allocate(device.CODES_WORK_BYTES + 3 * counts.byteLength);
      table = tabulate(spec, own, (openRows, runs) => {
        this.withBlocks(() => {
          const added = addedCurrents(spec, openRows);
          setFloat(job, device.CODES_SIGMA, added.sigma);
          setFloat(job, device.CODES_OFFSET, added.offset);
          job[device.CODES_RUNS] = arena.copyIn(runs);
          job[device.CODES_RUN_COUNT] = runs.length / (levelCount + 2);
          this.call("countCodes", arena.copyIn(job));
          arena.copyOut(job[device.CODES_COUNTS]! >>> 0, counts);
        });
        return counts;
      });
    });
    return table!;
  }

  mvmTable(
    planes: BitPlanes,
    streams: StreamTable,
    block: CellBlock,
    table: SensingTable,
    options: ReadOptions,
    sums: Float64Array,
  ): ReadStats {
    check.checkMvmTable(planes, streams, block, table, options, sums);
    return this.mvm(planes, streams, block, { ...options, ouRows: table.ouRows, adc: table.adc }, sums, (job) => {
      job[device.DISTURBED_CELLS] = device.CELLS_TABLE;
      job[device.DISTURBED_VALUES] = this.arena.copyIn(table.slots);
      job[device.DISTURBED_SLOT_BITS] = table.slotBits;
      job[device.DISTURBED_IS_WIDE] = table.isWide ? 1 : 0;
      job[device.DISTURBED_TOP_VALUE] = table.topValue;
    });
  }

  private mvmOfCells(
    kind: number,
    planes: BitPlanes,
    streams: StreamTable,
    values: Float32Array | Int16Array,
    block: CellBlock,
    options: DisturbedOptions,
    sums: Float64Array,
  ): ReadStats {
    return this.mvm(planes, streams, block, options, sums, (job) => {
      const fullScale = options.ouRows * (2 ** options.cells.cellBits - 1);
      job[device.DISTURBED_CELLS] = kind;
      // A stream may start off a vector boundary: its last load reaches past the last row.
      job[device.DISTURBED_VALUES] = this.arena.copyIn(values, abi.ARENA_ALIGN_BYTES);
      job[device.DISTURBED_TOP_VALUE] = options.adc.mode === "clip" ? options.adc.topCode : fullScale;
      setFloat(job, device.DISTURBED_OFFSET, options.offset);
      setFloat(job, device.DISTURBED_READ_SIGMA, options.readSigma);
    });
  }

  /** `setReads`: fills in what a read sees. */
  private mvm(
    planes: BitPlanes,
    streams: StreamTable,
    block: CellBlock,
    options: ReadOptions & { readonly ouRows: number; readonly adc: SenseAdc },
    sums: Float64Array,
    setReads: (job: Int32Array) => void,
  ): ReadStats {
    const { arena } = this;
    const { weights, cells } = options;
    const stats = new Float64Array(device.READ_FIELDS);
    arena.expectRoom(readNeed(planes, streams, options.ouRows));
    this.addTo(sums, (address) => {
      const job = new Int32Array(device.DISTURBED_FIELDS);
      job[abi.MVM_PLANES] = arena.copyIn(planes.words);
      job[abi.MVM_WINDOW_COUNT] = planes.windowCount;
      job[abi.MVM_VECTOR_COUNT] = planes.vectorCount;
      job[abi.MVM_PLANE_COUNT] = planes.planeCount;
      job[abi.MVM_WORD_COUNT] = planes.wordCount;
      job[abi.MVM_RECORDS] = arena.copyIn(streams.records);
      job[abi.MVM_STREAM_COUNT] = streams.streamCount;
      job[abi.MVM_ENTRIES] = arena.copyIn(streams.entries);
      job[abi.MVM_LEVELS] = arena.copyIn(block.levels, abi.ARENA_ALIGN_BYTES);
      job[abi.MVM_STRIDE_BYTES] = block.strideBytes;
      job[abi.MVM_FIRST_BITLINE] = block.bitlines.start;
      job[abi.MVM_FORMATION] = options.formation === "dynamic" ? abi.OPEN_DYNAMIC : abi.OPEN_FIXED;
      job[abi.MVM_OU_ROWS] = options.ouRows;
      job[abi.MVM_SIGNED] = options.signed ? 1 : 0;
      job[abi.MVM_WEIGHT_BITS] = weights.weightBits;
      job[abi.MVM_CELL_BITS] = cells.cellBits;
      job[abi.MVM_CODING] = CODINGS[cells.coding];
      job[abi.MVM_SLICE_COUNT] = sliceCount(weights.weightBits, cells);
      job[abi.MVM_COL_COUNT] = weights.colCount;
      job[abi.MVM_SUMS] = address;
      job[device.DISTURBED_STATS_STRIDE] = options.statsStride;
      job[device.DISTURBED_WINDOWS] = arena.copyIn(options.windows);
      job.set(options.key, device.DISTURBED_KEY);
      job[device.DISTURBED_ADC_MODE] = ADC_MODES[options.adc.mode];
      job[device.DISTURBED_TOP_CODE] = options.adc.topCode;
      setReads(job);
      this.addTo(stats, (statsAddress) => {
        job[device.DISTURBED_STATS] = statsAddress;
        job[abi.MVM_SCRATCH] = arena.allocate(this.call("disturbedScratchBytes", arena.copyIn(job)) >>> 0);
        this.call("mvmDisturbed", arena.copyIn(job));
      });
    });
    return {
      readCount: stats[device.READ_COUNT]!,
      misreadCount: stats[device.READ_MISREADS]!,
      errorSum: stats[device.READ_ERROR_SUM]!,
      squaredErrorSum: stats[device.READ_SQUARED_ERROR_SUM]!,
    };
  }

  private program(
    block: CellBlock,
    levels: DeviceLevels,
    key: DrawKey,
    values: Float32Array | Int16Array,
    isFixed: boolean,
  ): void {
    this.fill(values, (address) => {
      const job = this.deviceJob(levels, key);
      job[device.PROGRAM_LEVELS] = this.arena.copyIn(block.levels);
      // Rows of no bytes may be without number.
      job[device.PROGRAM_ROW_COUNT] = block.levels.length === 0 ? 0 : block.rowCount;
      job[device.PROGRAM_STRIDE] = block.strideBytes;
      job[device.PROGRAM_FIRST_BITLINE] = block.bitlines.start;
      job[device.PROGRAM_BITLINE_COUNT] = block.bitlines.count;
      job[device.PROGRAM_VALUES] = address;
      job[device.PROGRAM_IS_FIXED] = isFixed ? 1 : 0;
      this.call("programCells", this.arena.copyIn(job));
    });
  }

  /** Job of programCells with its device and key alone. */
  private deviceJob(levels: DeviceLevels, key: DrawKey): Int32Array {
    const { base, span, sigma } = levels;
    const records = new Float32Array(base.length * (device.LEVEL_BYTES / 4));
    base.forEach((_, level) => records.set([base[level]!, span[level]!, sigma[level]!], level * 4));
    const { low, high } = faultLimits(levels);
    const job = new Int32Array(device.PROGRAM_FIELDS);
    job[device.PROGRAM_DEVICE] = this.arena.copyIn(records);
    job[device.PROGRAM_TOP_LEVEL] = base.length - 1;
    job[device.PROGRAM_STUCK_LOW] = low;
    job[device.PROGRAM_STUCK_HIGH] = high;
    job.set(key, device.PROGRAM_KEY);
    job[device.PROGRAM_WORK] = this.arena.allocate(device.DRAW_CONSTANT_BYTES);
    return job;
  }
}

function setFloat(job: Int32Array, field: number, value: number): void {
  new Float32Array(job.buffer)[field] = value;
}
