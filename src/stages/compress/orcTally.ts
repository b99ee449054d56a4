import type { Run } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import { countBits } from "../../model/base/bits.ts";
import type { OrcStatistics } from "../../model/ir/compressed.ts";
import type { PackedRows } from "./packGroup.ts";

/** Sums the index statistics over groups. */
export class OrcTally {
  private ouRowSegments = 0;
  private keptRows = 0;
  private fillerRows = 0;
  keptCells = 0;

  constructor(private readonly config: Config) {}

  add(group: Run, rowCount: number, mask: Uint32Array, chunks: readonly PackedRows[]): void {
    let kept = 0;
    for (const chunk of chunks) kept += chunk.keptCount;
    this.ouRowSegments += rowCount;
    this.keptRows += kept;
    this.fillerRows += kept - countBits(mask);
    this.keptCells += kept * group.count;
  }

  statistics(): OrcStatistics {
    const { indexBits } = this.config.sparsity;
    return {
      ouRowSegments: this.ouRowSegments,
      keptRows: this.keptRows,
      fillerRows: this.fillerRows,
      indexBits: indexBits === "unlimited" ? 0 : this.keptRows * indexBits,
      bitmapBits: this.ouRowSegments,
      weightBitsKept: this.keptCells * this.config.crossbar.cellBits,
    };
  }
}
