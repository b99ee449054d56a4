import { ShareTally } from "../../model/base/distribution.ts";
import type { Distribution } from "../../model/base/distribution.ts";

/** A layer in the pipeline: how long one sample keeps each of its crossbars busy on one copy, and its copies. */
export interface BusyLayer {
  readonly busy_ns: Float64Array;
  readonly copies: number;
}

/**
 * Busy share of each CU in steady state: crossbars lie on the chip layer by layer and copy by copy, `perCu` to a CU, and
 * the copies of a layer share its windows. An empty place in the last CU is idle.
 */
export function cuBusy(layers: readonly BusyLayer[], perCu: number, pipelined_ns: number): Distribution | null {
  const cus = new ShareTally();
  let busy_ns = 0;
  let filled = 0;
  const close = (): void => {
    cus.add(Math.min(1, busy_ns / (perCu * pipelined_ns)), 1);
    busy_ns = 0;
    filled = 0;
  };
  for (const layer of layers) {
    for (let copy = 0; copy < layer.copies; copy++) {
      for (const own_ns of layer.busy_ns) {
        busy_ns += own_ns / layer.copies;
        if (++filled === perCu) close();
      }
    }
  }
  if (filled > 0) close();
  return cus.build();
}
