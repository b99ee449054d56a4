import { SEGMENT_CROSSBAR, SEGMENT_FIELDS } from "../../assembly/shared/abi.ts";
import type {
  BitPlanes,
  CellBlock,
  CellCoding,
  CodeShape,
  CountPlan,
  Kernels,
  Masks,
  MvmOptions,
  OuTotals,
  Run,
  SegmentTable,
  StreamTable,
  WeightMatrix,
  WindowSource,
  ZeroCounts,
} from "../../bindings/kernels.ts";
import { ScalarKernels } from "../../bindings/scalar.ts";

// Wrong on purpose, one comparison or bound each: the suite must tell every one of them from the twin.

class FillerTooEarly extends ScalarKernels {
  override encodeIndex(mask: Uint32Array, rowStart: number, rowCount: number, indexBits: number): Uint32Array {
    const reach = indexBits === 0 ? Infinity : 2 ** indexBits;
    const entries: number[] = [];
    let previous = rowStart - 1;
    for (let row = rowStart; row < rowStart + rowCount; row++) {
      if (((mask[row >> 5]! >>> (row & 31)) & 1) === 0) continue;
      // The twin has `>`.
      while (row - previous >= reach && row - previous > 1) {
        const step = Math.min(reach, row - previous - 1);
        entries.push(step - 1);
        previous += step;
      }
      entries.push(row - previous - 1);
      previous = row;
    }
    return Uint32Array.from(entries);
  }
}

class EmptyPlanesAreFree extends ScalarKernels {
  override countOuCycles(planes: BitPlanes, segments: SegmentTable, ouRows: number, cycles: number): OuTotals {
    const totals = super.countOuCycles(planes, segments, ouRows, cycles);
    return { ...totals, latencyCycles: super.countOuCycles(planes, segments, ouRows, 0).latencyCycles };
  }
}

class OneRowMorePerOu extends ScalarKernels {
  override countFixedOus(segments: SegmentTable, unit: number): Int32Array {
    return super.countFixedOus(segments, unit + 1);
  }

  override mvmBitSerial(
    planes: BitPlanes,
    streams: StreamTable,
    block: CellBlock,
    options: MvmOptions,
    sums: Float64Array,
  ): void {
    const ouRows = options.ouRows + 1;
    const last = options.adcTransfer[options.adcTransfer.length - 1]!;
    const sumCount = ouRows * (2 ** options.cells.cellBits - 1) + 1;
    const adcTransfer = Int32Array.from({ length: sumCount }, (_, sum) => options.adcTransfer[sum] ?? last);
    super.mvmBitSerial(planes, streams, block, { ...options, ouRows, adcTransfer }, sums);
  }
}

class TopPlaneIsPositive extends ScalarKernels {
  override mvmBitSerial(
    planes: BitPlanes,
    streams: StreamTable,
    block: CellBlock,
    options: MvmOptions,
    sums: Float64Array,
  ): void {
    super.mvmBitSerial(planes, streams, block, { ...options, signed: false }, sums);
  }

  override integerProduct(
    codes: Uint16Array,
    shape: CodeShape,
    vector: number,
    _signed: boolean,
    weights: WeightMatrix,
    sums: Float64Array,
  ): void {
    super.integerProduct(codes, shape, vector, false, weights, sums);
  }
}

class OffsetIsNotRelative extends ScalarKernels {
  private shift(weights: WeightMatrix): WeightMatrix {
    const top = 2 ** (weights.weightBits - 1);
    return { ...weights, values: weights.values.map((value) => (value < 0 ? value + top : value - top)) };
  }

  override buildRowMasks(weights: WeightMatrix, cells: CellCoding, groups: readonly Run[]): Masks {
    return super.buildRowMasks(cells.coding === "offset" ? this.shift(weights) : weights, cells, groups);
  }

  override buildBitlineMasks(weights: WeightMatrix, cells: CellCoding, rowGroups: readonly Run[]): Masks {
    return super.buildBitlineMasks(cells.coding === "offset" ? this.shift(weights) : weights, cells, rowGroups);
  }

  override encodeCells(weights: WeightMatrix, cells: CellCoding, bitlines: Run): CellBlock {
    return super.encodeCells(cells.coding === "offset" ? this.shift(weights) : weights, cells, bitlines);
  }
}

class LastRowIsLost extends ScalarKernels {
  override packBitPlanes(codes: Uint16Array, shape: CodeShape): BitPlanes {
    const shortened = codes.map((code, i) => (i % shape.rowCount < shape.rowCount - 1 ? code : 0));
    return super.packBitPlanes(shortened, shape);
  }
}

class FirstRowIsOneOff extends ScalarKernels {
  override decodeIndex(entries: Uint32Array, previousRow: number): Int32Array {
    return super.decodeIndex(entries, previousRow + 1);
  }
}

class LastWindowIsLost extends ScalarKernels {
  override countWindows(...[source, { start, count }, ...rest]: Parameters<Kernels["countWindows"]>): OuTotals[] {
    return super.countWindows(source, { start, count: Math.max(0, count - 1) }, ...rest);
  }
}

class CrossbarsTwoByTwo extends ScalarKernels {
  override countWindows(...[source, windows, bits, plans, ...rest]: Parameters<Kernels["countWindows"]>): OuTotals[] {
    const merged = plans.map((plan): CountPlan => {
      const records = plan.segments.records.slice();
      for (let at = 0; at < records.length; at += SEGMENT_FIELDS) records[at + SEGMENT_CROSSBAR]! >>= 1;
      return { ...plan, segments: { ...plan.segments, records } };
    });
    return super.countWindows(source, windows, bits, merged, ...rest);
  }
}

class TopPlaneIsLost extends ScalarKernels {
  override countWindows(...[source, windows, bits, ...rest]: Parameters<Kernels["countWindows"]>): OuTotals[] {
    return super.countWindows(source, windows, Math.max(1, bits - 1), ...rest);
  }
}

class PadsOnePixelMore extends ScalarKernels {
  override gatherWindows(source: WindowSource, windows: Uint32Array): Uint16Array {
    const { conv } = source;
    const shifted = conv === null ? source : { ...source, conv: { ...conv, padLeft: conv.padLeft + 1 } };
    return super.gatherWindows(shifted, windows);
  }
}

class EmptyMatrixHasNoZeroCols extends ScalarKernels {
  override countZeros(weights: WeightMatrix): ZeroCounts {
    const counts = super.countZeros(weights);
    return { ...counts, zeroColCount: weights.rowCount === 0 ? 0 : counts.zeroColCount };
  }
}

export const mutants: Record<string, { kernel: string; kernels: Kernels }> = {
  "encodeIndex: filler at >= instead of >": { kernel: "encodeIndex", kernels: new FillerTooEarly() },
  "decodeIndex: starts one row late": { kernel: "decodeIndex", kernels: new FirstRowIsOneOff() },
  "packBitPlanes: < rowCount - 1": { kernel: "packBitPlanes", kernels: new LastRowIsLost() },
  "buildRowMasks: compares with level 0, not with the zero code": {
    kernel: "buildRowMasks",
    kernels: new OffsetIsNotRelative(),
  },
  "buildBitlineMasks: compares with level 0, not with the zero code": {
    kernel: "buildBitlineMasks",
    kernels: new OffsetIsNotRelative(),
  },
  "countZeros: columns of no rows": { kernel: "countZeros", kernels: new EmptyMatrixHasNoZeroCols() },
  "encodeCells: no offset": { kernel: "encodeCells", kernels: new OffsetIsNotRelative() },
  "countFixedOus: OU of one row more": { kernel: "countFixedOus", kernels: new OneRowMorePerOu() },
  "countWindows: < count - 1": { kernel: "countWindows in slices", kernels: new LastWindowIsLost() },
  "countWindows: padding one off": { kernel: "countWindows in slices", kernels: new PadsOnePixelMore() },
  "countWindows: latency of two crossbars at once": {
    kernel: "countWindows by table",
    kernels: new CrossbarsTwoByTwo(),
  },
  "countWindows: < bits - 1": { kernel: "countWindows by popcounts", kernels: new TopPlaneIsLost() },
  "gatherWindows: padding one off": { kernel: "gatherWindows", kernels: new PadsOnePixelMore() },
  "countOuCycles: empty planes cost nothing": { kernel: "countOuCycles", kernels: new EmptyPlanesAreFree() },
  "mvmBitSerial: OU of one row more": { kernel: "mvmBitSerial", kernels: new OneRowMorePerOu() },
  "mvmBitSerial: top plane positive": { kernel: "mvmBitSerial", kernels: new TopPlaneIsPositive() },
  "integerProduct: top bit positive": { kernel: "integerProduct", kernels: new TopPlaneIsPositive() },
};
