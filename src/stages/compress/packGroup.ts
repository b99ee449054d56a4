import type { ControlKernels, Run } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import { cutIntoRuns } from "../../model/base/runs.ts";

/** The rows that one OU column group keeps in one crossbar (fillers included), with their index entries (§6). */
export interface PackedRows {
  readonly entries: Uint32Array;
  readonly rows: Int32Array;
  /** Running sum before the first entry. */
  readonly previousRow: number;
}

/**
 * Cuts a group's mask into the crossbars that its kept rows fill, by the packing rule (§5): one element per row block ("crossbar"),
 * or per chunk of R kept rows ("layer").
 */
export function packGroup(mask: Uint32Array, rowCount: number, config: Config, kernels: ControlKernels): PackedRows[] {
  const { rows: crossbarRows } = config.crossbar;
  const encode = (span: Run): { entries: Uint32Array; rows: Int32Array } => {
    const entries = kernels.encodeIndex(mask, span.start, span.count, indexWidth(config));
    return { entries, rows: kernels.decodeIndex(entries, span.start - 1) };
  };
  if (config.mapping.packing === "crossbar") {
    return cutIntoRuns(rowCount, crossbarRows).map((span) => ({ ...encode(span), previousRow: span.start - 1 }));
  }
  const { entries, rows } = encode({ start: 0, count: rowCount });
  return cutIntoRuns(rows.length, crossbarRows).map(({ start, count }) => ({
    entries: entries.subarray(start, start + count),
    rows: rows.subarray(start, start + count),
    previousRow: start === 0 ? -1 : rows[start - 1]!,
  }));
}

/** Index width as the kernels take it: 0 = unlimited. */
function indexWidth(config: Config): number {
  return config.sparsity.indexBits === "unlimited" ? 0 : config.sparsity.indexBits;
}
