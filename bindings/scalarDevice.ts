import * as check from "./checkDevice.ts";
import type {
  AnalogBlock,
  DeviceKernels,
  DeviceLevels,
  DisturbedOptions,
  DrawKey,
  FixedBlock,
  ReadOptions,
  ReadStats,
  SensingSpec,
  SensingTable,
} from "./deviceKernels.ts";
import { mvmDisturbed, mvmDisturbedFixed } from "./scalar/disturbed.ts";
import { programCells, programCellsFixed } from "./scalar/program.ts";
import { buildSensingTable, mvmTable } from "./scalar/table.ts";
import type { BitPlanes, CellBlock, StreamTable } from "./shapes.ts";

/** The device model in plain TypeScript: the specification of the device kernels. */
export class ScalarDeviceKernels implements DeviceKernels {
  programCells(block: CellBlock, device: DeviceLevels, key: DrawKey): AnalogBlock {
    check.checkProgramCells(block, device, key);
    return programCells(block, device, key);
  }

  programCellsFixed(block: CellBlock, device: DeviceLevels, key: DrawKey): FixedBlock {
    check.checkProgramCells(block, device, key);
    return programCellsFixed(block, device, key);
  }

  mvmDisturbed(
    planes: BitPlanes,
    streams: StreamTable,
    cells: AnalogBlock,
    block: CellBlock,
    options: DisturbedOptions,
    sums: Float64Array,
  ): ReadStats {
    check.checkMvmDisturbed(planes, streams, cells, block, options, sums);
    return mvmDisturbed(planes, streams, cells, block, options, sums);
  }

  mvmDisturbedFixed(
    planes: BitPlanes,
    streams: StreamTable,
    cells: FixedBlock,
    block: CellBlock,
    options: DisturbedOptions,
    sums: Float64Array,
  ): ReadStats {
    check.checkMvmDisturbed(planes, streams, cells, block, options, sums);
    return mvmDisturbedFixed(planes, streams, cells, block, options, sums);
  }

  buildSensingTable(spec: SensingSpec, key: DrawKey): SensingTable {
    check.checkSensingSpec(spec, key);
    return buildSensingTable(spec, key);
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
    return mvmTable(planes, streams, block, table, options, sums);
  }
}
