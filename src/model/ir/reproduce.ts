import type { ConfigSource } from "../arch/parse.ts";
import type { SimulateRequest } from "./request.ts";

/** The paper's evaluation, figure by figure. */
export const FIGURES = [
  "speedup",
  "energy",
  "ou-size",
  "cell-bits",
  "index-bits",
  "idealised",
  "breakdown",
  "overhead",
] as const;
/** A part of the paper's evaluation. */
export type FigureName = (typeof FIGURES)[number];

/** A network of the evaluation, and what of it is real. */
export interface Subject extends Pick<SimulateRequest, "workload" | "source"> {
  readonly name: string;
  readonly pruning: "structured" | "unstructured";
  readonly weights: "real" | "drawn";
  readonly inputs: "real" | "drawn";
  /** Where weights and inputs come from. */
  readonly note: string;
  readonly config: readonly ConfigSource[];
  readonly samples: number;
}

/** A figure of the paper beside what is reached here. */
export interface Claim {
  readonly what: string;
  readonly published: string;
  readonly reached: string;
  readonly deviation: string;
}

/** Numbers behind a figure, row by row. */
export interface FigureTable {
  readonly title: string;
  /** Units in the names. */
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number | null)[])[];
}

/** A figure to be drawn: values in panels and series. */
export interface FigurePlot {
  readonly name: string;
  readonly title: string;
  readonly kind: "bars" | "lines";
  readonly x: string;
  readonly y: string;
  /** Logarithmic axes. */
  readonly log: readonly ("x" | "y")[];
  readonly values: readonly {
    readonly x: string | number;
    readonly y: number;
    readonly series: string;
    readonly panel: string;
  }[];
}

/** A figure made anew: claims beside what is reached, tables and plots. */
export interface FigureResult {
  readonly figure: FigureName;
  readonly title: string;
  readonly subjects: readonly Pick<Subject, "name" | "pruning" | "weights" | "inputs" | "note" | "samples">[];
  readonly claims: readonly Claim[];
  readonly tables: readonly FigureTable[];
  readonly plots: readonly FigurePlot[];
  readonly notes: readonly string[];
}
