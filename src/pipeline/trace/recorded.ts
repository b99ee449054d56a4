import type { Kernels, WeightMatrix } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import { inputError } from "../../model/base/errors.ts";
import type { Placement } from "../../model/ir/placement.ts";
import { recordedBy } from "../../model/ir/recorded.ts";
import type { RecordedSet, RecordedWorkload } from "../../model/ir/recorded.ts";
import type { QuantizedLayer } from "../../model/ir/quantized.ts";
import type { WindowPlace } from "../../model/ir/trace.ts";
import { placeMatrix } from "../../stages/map/placeMatrix.ts";
import { windowPlace, windowsOf } from "../../stages/simulate/windows.ts";

/** A layer of a recording, and the set that has its inputs. */
export interface RecordedEntry {
  readonly layer: QuantizedLayer;
  readonly windowCount: number;
  readonly set: RecordedSet;
}

export function entriesOf({ sets }: RecordedWorkload): RecordedEntry[] {
  return sets.flatMap((set) => set.entries.map((entry) => ({ ...entry, set })));
}

/** @throws InputError when there is no such layer. */
export function entryOf(recorded: RecordedWorkload, layer: number): RecordedEntry {
  return chosen("layer", entriesOf(recorded), layer);
}

/** A matrix of a recorded layer and its dense placement. @throws InputError for a choice that is not there. */
export function placed(
  recorded: RecordedWorkload,
  choice: { readonly layer: number; readonly matrix: number },
  config: Config,
): { layer: QuantizedLayer; matrix: WeightMatrix; placement: Placement } {
  if (recorded.recordedBy !== recordedBy(config)) {
    throw inputError("config", `what ${recorded.name} was recorded by`, "other keys");
  }
  const { layer } = entryOf(recorded, choice.layer);
  const matrix = chosen("matrix", layer.matrices, choice.matrix);
  return { layer, matrix, placement: placeMatrix(matrix.rowCount, matrix.colCount, config) };
}

/**
 * Input codes of one window of a layer, one per row of the matrix, and where the window lies. @throws InputError when
 * there is no such window.
 */
export function inputsOf(
  { sampleCount }: RecordedWorkload,
  { layer, windowCount, set }: RecordedEntry,
  window: number,
  matrix: number,
  kernels: Kernels,
): { codes: Uint16Array; place: WindowPlace } {
  let left = window;
  for (const batch of Number.isInteger(window) && window >= 0 ? set.batches : []) {
    const source = windowsOf(layer, batch.get(layer.inputTensor)!);
    if (left < source.windowCount) {
      const codes = kernels.gatherWindows(source, Uint32Array.of(left));
      return {
        codes: codes.subarray(matrix * source.rowCount, (matrix + 1) * source.rowCount),
        place: windowPlace(source, windowCount / sampleCount, window),
      };
    }
    left -= source.windowCount;
  }
  throw inputError("trace window", `0..${windowCount - 1}`, String(window));
}

/** @throws InputError when the place is none of the list's. */
export function chosen<T>(what: string, list: readonly T[], place: number): T {
  const found = list[place];
  if (found === undefined)
    throw inputError(`trace ${what}`, list.length === 0 ? "none" : `0..${list.length - 1}`, String(place));
  return found;
}
