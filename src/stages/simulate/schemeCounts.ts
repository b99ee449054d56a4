import type { BulkKernels, OuTotals } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import type { CompressedLayer } from "../../model/ir/compressed.ts";
import type { DynamicTotals, LayerCounts, SchemeCounts } from "../../model/ir/counts.ts";
import { countFixedBitlines, countFixedRows, countWholeCrossbars } from "./fixedOus.ts";
import type { FixedOus } from "./fixedOus.ts";

/** What the counts of a layer are made from, beside the compressed weights. */
export interface CountedWindows {
  readonly windowCount: number;
  /** Values of one window that the crossbars take in: all rows, and what `recom` leaves of them. */
  readonly inputsPerWindow: number;
  readonly recomInputsPerWindow: number;
  readonly outputsPerWindow: number;
  readonly activationBits: number;
  readonly dynamic: DynamicTotals;
}

/** Counts of all seven schemes (§7). */
export function schemeCounts(
  layer: CompressedLayer,
  counted: CountedWindows,
  config: Config,
  kernels: BulkKernels,
): Required<LayerCounts> {
  const { windowCount, activationBits, dynamic } = counted;
  const ouRows = config.ou.rows;
  const planeCount = windowCount * activationBits;
  const base: Omit<SchemeCounts, "ouOps" | "latencyCycles" | "adcConversions" | "dacRows" | "cellReads"> = {
    inputValues: windowCount * counted.inputsPerWindow,
    outputValues: windowCount * counted.outputsPerWindow,
    indexReadBits: 0,
    runningSums: 0,
    wordlineGeneratorRows: 0,
  };
  const index = { indexReadBits: windowCount * layer.orc.indexBits, runningSums: windowCount * layer.orc.keptRows };
  const fill = windowCount * config.timing.fillCycles;

  const fixed = (
    ous: FixedOus,
  ): Pick<SchemeCounts, "ouOps" | "latencyCycles" | "adcConversions" | "dacRows" | "cellReads"> => ({
    ouOps: planeCount * ous.ouOps,
    latencyCycles: planeCount * ous.busiest + fill,
    adcConversions: planeCount * ous.adcConversions,
    dacRows: planeCount * ous.dacRows,
    cellReads: planeCount * ous.cellReads,
  });
  const dynamicOus = (totals: OuTotals): ReturnType<typeof fixed> => ({
    ouOps: totals.ouOps,
    latencyCycles: totals.latencyCycles + fill,
    adcConversions: totals.adcConversions,
    dacRows: config.energy.dacRows === "open" ? totals.openRows : totals.ouOps * ouRows,
    cellReads: totals.cellReads,
  });

  const dense = countFixedRows(layer.denseSegments, ouRows, kernels);
  const packed = countFixedRows(layer.orcSegments, ouRows, kernels);
  const whole = countWholeCrossbars(layer.denseSegments);
  return {
    naive: { ...base, ...fixed(dense) },
    recom: {
      ...base,
      ...fixed(countFixedRows(layer.recomSegments, ouRows, kernels)),
      inputValues: windowCount * counted.recomInputsPerWindow,
    },
    occ: { ...base, ...fixed(countFixedBitlines(layer.occupied, config.ou.cols)) },
    orc: { ...base, ...index, ...fixed(packed) },
    dof: {
      ...base,
      ...dynamicOus(dynamic.dof),
      wordlineGeneratorRows: planeCount * whole.dacRows,
    },
    "orc-dof": {
      ...base,
      ...index,
      ...dynamicOus(dynamic.orcDof),
      wordlineGeneratorRows: planeCount * packed.dacRows,
    },
    isaac: { ...base, ...fixed(whole) },
  };
}
