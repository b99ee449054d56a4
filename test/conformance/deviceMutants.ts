import type { AnalogBlock, FixedBlock, Kernels, ReadStats, SensingTable } from "../../bindings/kernels.ts";
import { ScalarKernels } from "../../bindings/scalar.ts";

// Device kernels that are wrong on purpose, one thing each (mutants.ts).

class StuckIsSwapped extends ScalarKernels {
  override programCells(...[block, device, key]: Parameters<Kernels["programCells"]>): AnalogBlock {
    return super.programCells(block, { ...device, stuckLow: device.stuckHigh, stuckHigh: device.stuckLow }, key);
  }
}

class BitlinesCountFromTheBlock extends ScalarKernels {
  override programCells(...[block, device, key]: Parameters<Kernels["programCells"]>): AnalogBlock {
    const bitlines = { ...block.bitlines, start: 0 };
    return { ...super.programCells({ ...block, bitlines }, device, key), bitlines: block.bitlines };
  }
}

class FixedRoundsDown extends ScalarKernels {
  override programCellsFixed(...args: Parameters<Kernels["programCellsFixed"]>): FixedBlock {
    const { values, ...shape } = super.programCells(...args);
    const floor = (value: number) => Math.max(-32768, Math.min(32767, Math.floor(value * 128)));
    return { ...shape, values: Int16Array.from(values, floor) };
  }
}

class WindowsShareTheirNoise extends ScalarKernels {
  override mvmDisturbed(
    ...[planes, streams, cells, block, options, sums]: Parameters<Kernels["mvmDisturbed"]>
  ): ReadStats {
    const windows = options.windows.map(() => options.windows[0]!);
    return super.mvmDisturbed(planes, streams, cells, block, { ...options, windows, statsStride: 1 }, sums);
  }
}

class TopCodeIsNeverRead extends ScalarKernels {
  override mvmDisturbedFixed(
    ...[planes, streams, cells, block, options, sums]: Parameters<Kernels["mvmDisturbedFixed"]>
  ): ReadStats {
    const topCode = options.adc.topCode === 1 ? 1 : options.adc.topCode - 1;
    return super.mvmDisturbedFixed(
      planes,
      streams,
      cells,
      block,
      { ...options, adc: { ...options.adc, topCode } },
      sums,
    );
  }
}

class NoiseIsLeftOut extends ScalarKernels {
  override buildSensingTable(...[spec, key]: Parameters<Kernels["buildSensingTable"]>): SensingTable {
    return super.buildSensingTable({ ...spec, readSigma: 0 }, key);
  }
}

class AllWindowsCount extends ScalarKernels {
  override mvmTable(...[planes, streams, block, table, options, sums]: Parameters<Kernels["mvmTable"]>): ReadStats {
    return super.mvmTable(planes, streams, block, table, { ...options, statsStride: 1 }, sums);
  }
}

class ThresholdsAreInclusive extends ScalarKernels {
  override mvmTable(...[planes, streams, block, table, options, sums]: Parameters<Kernels["mvmTable"]>): ReadStats {
    const slots = table.slots.map((word, i) => {
      if (table.isWide) return i % 2 === 0 ? Math.min(65535, word + 1) : word;
      return word >>> 16 === 65535 ? word : word + 65536;
    });
    return super.mvmTable(planes, streams, block, { ...table, slots }, options, sums);
  }
}

export const deviceMutants: Record<string, { kernel: string; kernels: Kernels }> = {
  "programCells: stuck low and high exchanged": { kernel: "programCells", kernels: new StuckIsSwapped() },
  "programCells: bitlines of the block": { kernel: "programCells", kernels: new BitlinesCountFromTheBlock() },
  "programCellsFixed: rounds down": { kernel: "programCellsFixed", kernels: new FixedRoundsDown() },
  "mvmDisturbed: noise of the first window": { kernel: "mvmDisturbed", kernels: new WindowsShareTheirNoise() },
  "mvmDisturbedFixed: < topCode": { kernel: "mvmDisturbedFixed", kernels: new TopCodeIsNeverRead() },
  "buildSensingTable: no read noise": { kernel: "buildSensingTable", kernels: new NoiseIsLeftOut() },
  "mvmTable: counts every window": { kernel: "mvmTable", kernels: new AllWindowsCount() },
  "mvmTable: <= threshold": { kernel: "mvmTable", kernels: new ThresholdsAreInclusive() },
};
