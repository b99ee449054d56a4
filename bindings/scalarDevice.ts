import * as check from "./checkDevice.ts";
import type {
  AnalogBlock,
  DeviceKernels,
  DeviceLevels,
  DrawKey,
  FixedBlock,
  ReadStats,
  SensingSpec,
  SensingTable,
} from "./deviceKernels.ts";
import { mvmDisturbed, mvmDisturbedFixed } from "./scalar/disturbed.ts";
import { programCells, programCellsFixed } from "./scalar/program.ts";
import { buildSensingTable, mvmTable } from "./scalar/table.ts";
import type { CellBlock } from "./shapes.ts";

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

  mvmDisturbed(...call: Parameters<DeviceKernels["mvmDisturbed"]>): ReadStats {
    const [planes, streams, cells, ...rest] = call;
    check.checkMvmDisturbed(planes, streams, cells, "Float32Array", ...rest);
    return mvmDisturbed(...call);
  }

  mvmDisturbedFixed(...call: Parameters<DeviceKernels["mvmDisturbedFixed"]>): ReadStats {
    const [planes, streams, cells, ...rest] = call;
    check.checkMvmDisturbed(planes, streams, cells, "Int16Array", ...rest);
    return mvmDisturbedFixed(...call);
  }

  buildSensingTable(spec: SensingSpec, key: DrawKey): SensingTable {
    check.checkSensingSpec(spec, key);
    return buildSensingTable(spec, key);
  }

  mvmTable(...call: Parameters<DeviceKernels["mvmTable"]>): ReadStats {
    check.checkMvmTable(...call);
    return mvmTable(...call);
  }
}
