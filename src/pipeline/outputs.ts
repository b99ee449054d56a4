import type { LayerOutputs } from "../model/ir/request.ts";
import { encodeNpz } from "../stages/network/index.ts";

/** Integer accumulators as an npz archive, one int64 array a layer. */
export function encodeOutputs(outputs: readonly LayerOutputs[]): Uint8Array {
  return encodeNpz(outputs.map(({ layer, shape, values }) => ({ name: layer, shape, values })));
}
