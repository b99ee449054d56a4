import { FUNCTIONAL_SCHEMES, SCHEMES, simulate } from "../../../src/index.ts";
import type { FunctionalScheme, Kernels, LayerReport, NumericArray, SimulateResult } from "../../../src/index.ts";
import type { OracleSchemeName } from "../oracle.ts";
import { total } from "./cells.ts";
import { eachScheme, expectedEntries } from "./expected.ts";
import type { ExpectedEntry } from "./expected.ts";
import type { Real } from "./floats.ts";
import type { OracleNetwork } from "./network.ts";
import { cycle_ns, energy_pJ, estimated_pJ, pipelined_ns, reportedEvents } from "./prices.ts";
import { engineConfig } from "./randomConfig.ts";
import type { NetworkConfig } from "./randomConfig.ts";

/** Where the engine's answer differs from the oracle's. */
export interface Difference {
  readonly place: string;
  readonly expected: unknown;
  readonly found: unknown;
}

/** Sums of prices may be added up in another order. */
const RELATIVE_ERROR = 1e-9;

export interface Comparison {
  readonly differences: readonly Difference[];
  readonly entries: readonly ExpectedEntry[];
}

/** Runs a network through the engine and holds everything that the report says of it against the oracle. */
export async function compareNetwork(
  network: OracleNetwork,
  config: NetworkConfig,
  outputsOf: FunctionalScheme,
  kernels: Kernels,
): Promise<Comparison> {
  const entries = expectedEntries(network, config, config.rule);
  const { report, outputs } = await runEngine(network, config, outputsOf, kernels);
  const found: Difference[] = [];
  compare("layers", entries.length, report.layers.length, found);
  entries.forEach((entry, at) => {
    const place = `layers[${at}] ${entry.name}`;
    compare(place, layerOf(entry, config), report.layers[at], found);
    compare(`${place} outputs`, entry.outputs[outputsOf].flat(), Array.from(outputs[at]!.values, Number), found);
  });
  const samples = network.values.get("x")!.run.shape[0]!;
  compare("totals", totalsOf(entries, samples, config), report.totals, found);
  compare("area", areaOf(entries), report.area, found);
  compare("verify", verifyOf(entries), report.verify, found);
  return { differences: found, entries };
}

function runEngine(
  { bytes, values }: OracleNetwork,
  config: NetworkConfig,
  outputsOf: FunctionalScheme,
  kernels: Kernels,
): Promise<SimulateResult> {
  const { run, calibration } = values.get("x")!;
  const array = ({ shape, values: flat }: Real, place: string): NumericArray => ({
    place,
    dtype: "f4",
    shape,
    values: Float32Array.from(flat),
  });
  return simulate(
    {
      workload: {
        kind: "network",
        name: "random",
        model: bytes,
        inputs: array(run, "inputs"),
        ...(calibration === run ? {} : { calibration: array(calibration, "calibration") }),
      },
      config: engineConfig(config),
      source: { source: "random.onnx", sha256: "" },
      schemes: SCHEMES,
      seed: 0,
      verifyWindows: "all",
      outputsOf,
    },
    { kernels },
  );
}

/** The parts of a layer's report that the oracle knows. */
function layerOf(entry: ExpectedEntry, config: NetworkConfig): object {
  const { name, op, group, matrixRows, matrixCols, matrixCount, windows, signed, scales, orc, crossbars } = entry;
  const { inputs, planes, usedCells } = entry;
  const ratio = (count: number, of: number): number => count / (matrixCount * of);
  const naive = priced(entry, "naive", config);
  return {
    ...{ name, op, group, matrixRows, matrixCols, matrixCount, windows, scales, orc, crossbars },
    macs: matrixRows * matrixCols * matrixCount * windows,
    weights: {
      zeroRatio: ratio(entry.zeroWeights, matrixRows * matrixCols),
      zeroRowRatio: ratio(entry.zeroRows, matrixRows),
      zeroColRatio: ratio(entry.zeroCols, matrixCols),
      ouRowZeroRatio: 1 - (orc.keptRows - orc.fillerRows) / orc.ouRowSegments,
    },
    activations: {
      ...{ bits: config.Ba, signed },
      zeroRatio: inputs.zeros / inputs.values,
      oneBitRatio: total(inputs.ones) / (inputs.values * config.Ba),
      planeOneRatios: inputs.ones.map((count) => count / inputs.values),
      emptyPlaneRatio: planes.empty / planes.all,
    },
    utilisation: {
      dense: share(usedCells.dense, crossbars.dense * config.R * config.C),
      recom: share(usedCells.recom, crossbars.recom * config.R * config.C),
      orc: share(usedCells.orc, crossbars.orc * config.R * config.C),
    },
    schemes: eachScheme(entry.schemes, (scheme) => {
      const own = priced(entry, scheme, config);
      const { ouOps, latencyCycles, latency_ns, energy_pJ: energy, events, parts } = own;
      return {
        ...{ ouOps, latencyCycles, latency_ns, energy_pJ: energy, events, energyByComponent_pJ: parts },
        ...against(naive, own),
      };
    }),
  } satisfies Partial<Record<keyof LayerReport, unknown>>;
}

interface Priced {
  readonly ouOps: number;
  readonly latencyCycles: number;
  readonly work_ns: number;
  readonly latency_ns: number;
  readonly energy_pJ: number;
  readonly events: Record<string, number>;
  readonly parts: Record<string, number>;
}

function priced({ schemes, events: counted }: ExpectedEntry, scheme: OracleSchemeName, config: NetworkConfig): Priced {
  const { ouOps, latencyCycles } = schemes[scheme];
  const events = reportedEvents(scheme, schemes[scheme], counted[scheme], config);
  const parts = energy_pJ(scheme, events, config);
  const cycle = cycle_ns(scheme, config);
  return {
    ...{ ouOps, latencyCycles, events, parts },
    work_ns: ouOps * cycle,
    latency_ns: latencyCycles * cycle,
    energy_pJ: total(Object.values(parts)),
  };
}

const share = (a: number, b: number): number | null => (b === 0 ? null : a / b);

/** Both speed-ups and the saving (§7); none where nothing is left to divide by. */
function against(naive: Omit<Priced, "events" | "parts">, own: Omit<Priced, "events" | "parts">): object {
  return {
    speedup: share(naive.work_ns, own.work_ns),
    latencySpeedup: share(naive.latency_ns, own.latency_ns),
    energySavingRatio: naive.energy_pJ === 0 ? null : 1 - own.energy_pJ / naive.energy_pJ,
  };
}

const placementOf = (scheme: OracleSchemeName): "dense" | "recom" | "orc" =>
  scheme === "recom" ? "recom" : scheme === "orc" || scheme === "orc-dof" ? "orc" : "dense";

function totalsOf(entries: readonly ExpectedEntry[], samples: number, config: NetworkConfig): object {
  const sumOf = (scheme: OracleSchemeName): Omit<Priced, "events" | "parts"> & { estimated_pJ: number } => {
    const all = entries.map((entry) => priced(entry, scheme, config));
    const sum = (pick: (one: Priced) => number): number => total(all.map(pick));
    return {
      ouOps: sum(({ ouOps }) => ouOps),
      latencyCycles: sum(({ latencyCycles }) => latencyCycles),
      work_ns: sum(({ work_ns }) => work_ns),
      latency_ns: sum(({ latency_ns }) => latency_ns),
      energy_pJ: sum(({ energy_pJ: energy }) => energy),
      estimated_pJ: sum(({ parts }) => estimated_pJ(parts)),
    };
  };
  const perTile = config.cusPerTile * config.crossbarsPerCu;
  const naive = sumOf("naive");
  return eachScheme(entries[0]!.schemes, (scheme) => {
    const own = sumOf(scheme);
    const stages = entries.map((entry) => ({
      time_ns: priced(entry, scheme, config).latency_ns / samples,
      crossbars: entry.crossbars[placementOf(scheme)],
      windowsPerSample: entry.windows / samples,
    }));
    // "auto" is just enough for one copy: what the layers take, and not what is left over in their last tile.
    const needed = total(stages.map(({ crossbars }) => crossbars));
    return {
      ouOps: own.ouOps,
      latencyCycles: own.latencyCycles,
      latency_ns: own.latency_ns,
      energy_pJ: own.energy_pJ,
      ...against(naive, own),
      estimateShareRatio: own.energy_pJ === 0 ? 0 : own.estimated_pJ / own.energy_pJ,
      pipelined_ns: pipelined_ns(stages, config.tiles === "auto" ? needed : config.tiles * perTile),
    };
  });
}

function areaOf(entries: readonly ExpectedEntry[]): object {
  const sum = (placement: "dense" | "recom" | "orc"): object => ({
    crossbars: total(entries.map(({ crossbars }) => crossbars[placement])),
  });
  return { placements: { dense: sum("dense"), recom: sum("recom"), orc: sum("orc") } };
}

/** Windows whose execution differs from the integer product, as the engine counts them: every output by itself. */
function verifyOf(entries: readonly ExpectedEntry[]): object {
  const errors = (scheme: FunctionalScheme): number[] =>
    entries.flatMap(({ outputs, product }) =>
      outputs[scheme].flatMap((window, w) => window.map((value, col) => Math.abs(value - product[w]![col]!))),
    );
  return {
    schemes: Object.fromEntries(
      FUNCTIONAL_SCHEMES.map((scheme) => {
        const all = errors(scheme);
        return [scheme, { mismatches: all.filter((error) => error > 0).length, maxAbsError: Math.max(0, ...all) }];
      }),
    ),
  };
}

/** Adds every difference of `found` from `expected`; what `expected` does not name is not compared. */
function compare(place: string, expected: unknown, found: unknown, differences: Difference[]): void {
  if (typeof expected === "object" && expected !== null && typeof found === "object" && found !== null) {
    const own = found as Record<string, unknown>;
    if (Array.isArray(expected) && Array.isArray(found))
      compare(`${place}.length`, expected.length, found.length, differences);
    for (const [key, value] of Object.entries(expected)) compare(`${place}.${key}`, value, own[key], differences);
    return;
  }
  if (Object.is(expected, found)) return;
  const both = typeof expected === "number" && typeof found === "number";
  const isPrice = both && !(Number.isInteger(expected) && Number.isInteger(found));
  if (isPrice && Math.abs(expected - found) <= RELATIVE_ERROR * Math.abs(expected)) return;
  differences.push({ place, expected, found });
}
