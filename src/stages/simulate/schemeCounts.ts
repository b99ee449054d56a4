import type { OuTotals } from "../../../bindings/kernels.ts";
import type { Config } from "../../model/arch/config.ts";
import { sum } from "../../model/base/numbers.ts";
import type { DynamicTotals, LayerCounts, SchemeCounts } from "../../model/ir/counts.ts";
import { SCHEMES, ruleOf } from "../../model/schemes/schemes.ts";
import type { PlaneOus } from "../../model/schemes/rule.ts";
import type { Scheme } from "../../model/schemes/schemes.ts";
import type { SchemeOus } from "./schemeOus.ts";

/** What the counts of a layer are made from, beside what its weights decide. */
export interface CountedWindows {
  readonly windowCount: number;
  /** Values of one window: rows of all matrices, and their columns. */
  readonly inputsPerWindow: number;
  readonly outputsPerWindow: number;
  readonly activationBits: number;
  readonly dynamic: DynamicTotals;
}

type OuEvents = Pick<SchemeCounts, "ouOps" | "latencyCycles" | "adcConversions" | "dacRows" | "cellReads">;

/** Counts of all schemes (§7). */
export function schemeCounts(
  ousOf: Readonly<Record<Scheme, SchemeOus>>,
  counted: CountedWindows,
  config: Config,
): Required<LayerCounts> {
  const { windowCount, activationBits } = counted;
  const planeCount = windowCount * activationBits;
  const fill = windowCount * config.timing.fillCycles;
  const entries = SCHEMES.map((scheme): [Scheme, SchemeCounts] => {
    const { ous, extras } = ousOf[scheme];
    const events =
      ous === null ? dynamicEvents(dynamicTotals(scheme, counted.dynamic), config) : fixedEvents(ous, planeCount);
    const { inputValues = counted.inputsPerWindow, indexReadBits = 0, runningSums = 0 } = extras;
    return [
      scheme,
      {
        ...events,
        latencyCycles: events.latencyCycles + fill,
        inputValues: windowCount * inputValues,
        outputValues: windowCount * counted.outputsPerWindow,
        indexReadBits: windowCount * indexReadBits,
        runningSums: windowCount * runningSums,
        wordlineGeneratorRows: planeCount * (extras.wordlineGeneratorRows ?? 0),
      },
    ];
  });
  return Object.fromEntries(entries) as Required<LayerCounts>;
}

/** Of the dynamic counts those that belong to a scheme. */
export function dynamicTotals<T>(scheme: Scheme, { dof, orcDof }: Readonly<Record<keyof DynamicTotals, T>>): T {
  return ruleOf(scheme).streams === "orc" ? orcDof : dof;
}

function fixedEvents({ ouOpsByCrossbar, ...events }: PlaneOus, planeCount: number): OuEvents {
  const ouOps = Array.from(ouOpsByCrossbar);
  return {
    ouOps: planeCount * sum(ouOps),
    latencyCycles: planeCount * ouOps.reduce((most, count) => Math.max(most, count), 0),
    adcConversions: planeCount * events.adcConversions,
    dacRows: planeCount * events.dacRows,
    cellReads: planeCount * events.cellReads,
  };
}

function dynamicEvents({ openRows, emptyPlanes: _emptyPlanes, ...totals }: OuTotals, config: Config): OuEvents {
  return { ...totals, dacRows: config.energy.dacRows === "open" ? openRows : totals.ouOps * config.ou.rows };
}
