import type { PipelineLimit } from "../../model/ir/report.ts";

/** One layer on the chip: its crossbars for one copy, and the time one sample takes on that copy. */
export interface PipelineLayer {
  readonly name: string;
  readonly crossbars: number;
  readonly latencyPerSample_ns: number;
  /** A copy needs a window to work on: more copies than windows do not help. */
  readonly windowsPerSample: number;
}

export interface PipelineResult {
  readonly pipelined_ns: number;
  readonly limitedBy: string;
  /** Why that layer gets no other copy. */
  readonly limit: PipelineLimit;
  /** Copies of each layer. */
  readonly copies: readonly number[];
}

/**
 * Time per sample in steady state when all layers work at once (§7): crossbars left over go, one copy at a time, to the
 * slowest layer, until it cannot be copied any more. null when one copy of each does not fit.
 */
export function balancePipeline(layers: readonly PipelineLayer[], crossbarsAvailable: number): PipelineResult | null {
  let left = crossbarsAvailable;
  for (const layer of layers) left -= layer.crossbars;
  if (left < 0 || layers.length === 0) return null;
  const copies = layers.map(() => 1);
  const time = (index: number): number => layers[index]!.latencyPerSample_ns / copies[index]!;
  for (;;) {
    let slowest = 0;
    for (let index = 1; index < layers.length; index++) if (time(index) > time(slowest)) slowest = index;
    const { crossbars, windowsPerSample, name } = layers[slowest]!;
    const limit = limitOf(crossbars, left, copies[slowest]! >= windowsPerSample);
    if (limit !== null) return { pipelined_ns: time(slowest), limitedBy: name, limit, copies };
    left -= crossbars;
    copies[slowest]!++;
  }
}

function limitOf(crossbars: number, left: number, isCopiedOut: boolean): PipelineLimit | null {
  if (crossbars === 0) return "empty";
  if (isCopiedOut) return "windows";
  return crossbars > left ? "crossbars" : null;
}
