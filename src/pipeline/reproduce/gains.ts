import { SCHEMES } from "../../model/ir/report.ts";
import type { Scheme } from "../../model/ir/report.ts";
import type { Claim, FigureResult, FigureTable, Subject } from "../../model/ir/reproduce.ts";
import { arithmeticMean, described, gainOf, geometricMean, largest } from "./lab.ts";
import type { Lab, LayerChoice } from "./lab.ts";

/** What [sre19] publishes of the networks with structured sparsity: bars of single networks are not public. */
const PUBLISHED = {
  time: { most: 42.3, mean: 13.1 },
  energy: { most: 0.954, mean: 0.853 },
} as const;

const SHOWN = SCHEMES.filter((scheme) => scheme !== "naive");

interface Factor {
  readonly name: string;
  readonly sets: readonly string[];
  readonly layers: LayerChoice;
}

/** Choices that the paper leaves open, each turned alone. */
const FACTORS: readonly Factor[] = [
  { name: "defaults", sets: [], layers: "all" },
  { name: "fully connected layers left out", sets: [], layers: "conv" },
  { name: "packing inside each crossbar", sets: ["mapping.packing=crossbar"], layers: "all" },
  { name: "activations of 8 bits", sets: ["precision.activationBits=8"], layers: "all" },
  {
    name: "weights and activations of 8 bits",
    sets: ["precision.weightBits=8", "precision.activationBits=8"],
    layers: "all",
  },
  { name: "scale by the largest magnitude", sets: ["precision.scale=max-abs"], layers: "all" },
  { name: "unlimited index", sets: ["sparsity.indexBits=unlimited"], layers: "all" },
  { name: "positive and negative arrays", sets: ["mapping.coding=differential"], layers: "all" },
  { name: "DAC charged for whole OUs", sets: ["energy.dacRows=ou"], layers: "all" },
];

/** Speed-up (equal hardware kept busy) of every scheme over naive, network by network (§7, §11). */
export async function speedup(lab: Lab): Promise<FigureResult> {
  const rows = await gainRows(lab, "time");
  const factors = await factorTable(lab, "time", (gain) => gain);
  const own = await structuredGains(lab, "time");
  const latency = await latencyTable(lab);
  return {
    figure: "speedup",
    title: "Speed-up over the OU baseline",
    subjects: described(lab.subjects),
    claims: [
      claim("largest speed-up of orc-dof, structured sparsity", PUBLISHED.time.most, largest(own), factor),
      claim("mean speed-up of orc-dof, structured sparsity", PUBLISHED.time.mean, arithmeticMean(own), factor),
    ],
    tables: [gainTable("speed-up over naive", rows, (gain) => gain), latency, factors],
    plots: [
      {
        name: "speedup",
        title: "Speed-up over naive (equal hardware kept busy)",
        kind: "bars",
        x: "scheme",
        y: "speed-up",
        log: ["y"],
        values: rows.flatMap(({ subject, gains }) =>
          SHOWN.map((scheme) => ({ x: scheme, y: gains[scheme]!, series: scheme, panel: subject.name })),
        ),
      },
    ],
    notes: [
      "Bars of single networks are not public: range and mean are what can be compared.",
      "The factors that move the mean are turned one at a time above; none is tuned to reach a published number.",
    ],
  };
}

/** Energy saved by every scheme against naive (§10, §11). */
export async function energy(lab: Lab): Promise<FigureResult> {
  const rows = await gainRows(lab, "energy");
  const saving = (gain: number): number => 1 - 1 / gain;
  const factors = await factorTable(lab, "energy", saving);
  const own = (await structuredGains(lab, "energy")).map(saving);
  return {
    figure: "energy",
    title: "Energy saved against the OU baseline",
    subjects: described(lab.subjects),
    claims: [
      claim("largest energy saving of orc-dof, structured sparsity", PUBLISHED.energy.most, largest(own), percent),
      claim("mean energy saving of orc-dof, structured sparsity", PUBLISHED.energy.mean, arithmeticMean(own), percent),
    ],
    tables: [gainTable("share of naive's energy saved", rows, saving), factors],
    plots: [
      {
        name: "energy",
        title: "Energy against naive",
        kind: "bars",
        x: "scheme",
        y: "energy / energy of naive",
        log: [],
        values: rows.flatMap(({ subject, gains }) =>
          SHOWN.map((scheme) => ({ x: scheme, y: 1 / gains[scheme]!, series: scheme, panel: subject.name })),
        ),
      },
    ],
    notes: [
      "ADC, DAC and buffers follow ISAAC's published powers; index, running sum and wordline generator are estimates.",
    ],
  };
}

type Gains = Readonly<Partial<Record<Scheme, number>>>;

async function gainRows(lab: Lab, what: "time" | "energy"): Promise<{ subject: Subject; gains: Gains }[]> {
  const rows = [];
  for (const subject of lab.subjects) {
    const report = await lab.report(subject);
    rows.push({ subject, gains: Object.fromEntries(SHOWN.map((scheme) => [scheme, gainOf(report, scheme, what)])) });
  }
  return rows;
}

/** Geometric means are of gains, whatever is shown of a gain: a share that is saved may be 0. */
export function gainTable(
  title: string,
  rows: readonly { subject: Pick<Subject, "name" | "pruning" | "weights" | "inputs">; gains: Gains }[],
  shown: (gain: number) => number,
): FigureTable {
  const means = (["structured", "unstructured"] as const).flatMap((pruning) => {
    const own = rows.filter(({ subject }) => subject.pruning === pruning);
    if (own.length === 0) return [];
    const gainsOf = (scheme: Scheme): number[] => own.map(({ gains }) => gains[scheme]!);
    return [
      [`geometric mean, ${pruning}`, "", "", "", ...SHOWN.map((scheme) => shown(geometricMean(gainsOf(scheme))))],
      [`arithmetic mean, ${pruning}`, "", "", "", ...SHOWN.map((scheme) => arithmeticMean(gainsOf(scheme).map(shown)))],
    ];
  });
  return {
    title,
    columns: ["network", "pruning", "weights", "inputs", ...SHOWN],
    rows: [
      ...rows.map(({ subject, gains }) => [
        ...[subject.name, subject.pruning, subject.weights, subject.inputs],
        ...SHOWN.map((scheme) => shown(gains[scheme]!)),
      ]),
      ...means,
    ],
  };
}

/** Without replicas: the slowest crossbar of each window counts, and the pipeline fill (timing.fillCycles) with it. */
async function latencyTable(lab: Lab): Promise<FigureTable> {
  const rows = [];
  for (const subject of lab.subjects) {
    const filled = await lab.report(subject);
    const unfilled = subject.pruning === "structured" ? await lab.report(subject, ["timing.fillCycles=0"]) : null;
    const of = (report: typeof filled) => report.totals["orc-dof"]!.latencySpeedup;
    rows.push([subject.name, subject.pruning, of(filled), unfilled && of(unfilled)]);
  }
  return {
    title: "latency speed-up of orc-dof, one copy of each layer",
    columns: ["network", "pruning", "fill of 3 cycles a window", "no fill"],
    rows,
  };
}

/** orc-dof over naive on the structured networks, under each factor alone. */
async function factorTable(lab: Lab, what: "time" | "energy", shown: (gain: number) => number): Promise<FigureTable> {
  const rows = [];
  for (const { name, sets, layers } of FACTORS) {
    const gains = (await structuredGains(lab, what, sets, layers)).map(shown);
    rows.push([name, ...gains, arithmeticMean(gains), largest(gains)]);
  }
  const names = structured(lab).map(({ name }) => name);
  return {
    title: what === "time" ? "what moves the speed-up of orc-dof" : "what moves the energy saved by orc-dof",
    columns: ["factor", ...names, "mean", "largest"],
    rows,
  };
}

async function structuredGains(
  lab: Lab,
  what: "time" | "energy",
  sets: readonly string[] = [],
  layers: LayerChoice = "all",
): Promise<number[]> {
  const gains: number[] = [];
  for (const subject of structured(lab)) gains.push(gainOf(await lab.report(subject, sets), "orc-dof", what, layers));
  return gains;
}

function structured(lab: Lab): readonly Subject[] {
  return lab.subjects.filter(({ pruning }) => pruning === "structured");
}

function claim(what: string, published: number, reached: number, show: (value: number) => string): Claim {
  const ratio = reached / published;
  return { what, published: show(published), reached: show(reached), deviation: `${Math.round(ratio * 100 - 100)} %` };
}

const factor = (value: number): string => `${value.toPrecision(3)}x`;
const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
