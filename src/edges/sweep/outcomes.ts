import type { PointOutcome, PointResult, Scheme, SchemeResult } from "../../index.ts";

export type FinishedPoint = Extract<PointOutcome, { result: PointResult }>;
export type FailedPoint = Extract<PointOutcome, { error: string }>;

/** Every field of a scheme's result, in the order of files. The type holds the list complete. */
export const SCHEME_FIELDS = {
  ouOps: true,
  latencyCycles: true,
  busyTime_ns: true,
  latency_ns: true,
  pipelined_ns: true,
  energy_pJ: true,
  speedup: true,
  latencySpeedup: true,
  energySavingRatio: true,
  crossbars: true,
  area_mm2: true,
  top1_mean: true,
  top1_std: true,
} satisfies Record<keyof SchemeResult, true>;
const POINT_FIELDS = {
  samples: true,
  adcBits: true,
  indexBits: true,
  float: true,
  integer: true,
} satisfies Record<Exclude<keyof PointResult, "schemes">, true>;

/** The result with its fields in one order, so that equal results have equal texts. */
export function orderResult(result: PointResult, order: readonly Scheme[]): PointResult {
  const schemes = order.flatMap((scheme) => {
    const own = result.schemes[scheme];
    return own === undefined ? [] : [[scheme, pick(own, SCHEME_FIELDS)] as const];
  });
  return { ...pick(result, POINT_FIELDS), schemes: Object.fromEntries(schemes) };
}

/** Outcomes by id: of a failed and a finished try the finished one counts, of equal ones the first. */
export class OutcomeBook {
  readonly finished = new Map<string, FinishedPoint>();
  /** Last failures of points without a result. */
  readonly failed = new Map<string, FailedPoint>();

  constructor(private readonly schemes: readonly Scheme[]) {}

  /** Whether the point has no other result yet. */
  agrees(outcome: PointOutcome): boolean {
    const known = this.finished.get(outcome.id);
    return known === undefined || !("result" in outcome) || this.textOf(known) === this.textOf(outcome);
  }

  /** Does nothing with what contradicts a known result, and says so: false. */
  add(outcome: PointOutcome): boolean {
    if (!this.agrees(outcome)) return false;
    if (this.finished.has(outcome.id)) return true;
    if ("result" in outcome) {
      this.finished.set(outcome.id, outcome);
      this.failed.delete(outcome.id);
    } else this.failed.set(outcome.id, outcome);
    return true;
  }

  all(): PointOutcome[] {
    return [...this.finished.values(), ...this.failed.values()];
  }

  private textOf({ result }: FinishedPoint): string {
    return JSON.stringify(orderResult(result, this.schemes));
  }
}

/** A line of a journal as an outcome; undefined when it is none. */
export function asOutcome(value: unknown): PointOutcome | undefined {
  if (!isRecord(value) || typeof value["id"] !== "string") return undefined;
  if (typeof value["error"] === "string") return value as unknown as FailedPoint;
  const { result } = value;
  if (!isRecord(result) || !isRecord(result["schemes"]) || !hasFields(result, POINT_FIELDS)) return undefined;
  const areWhole = Object.values(result["schemes"]).every((own) => isRecord(own) && hasFields(own, SCHEME_FIELDS));
  return areWhole ? (value as unknown as FinishedPoint) : undefined;
}

function hasFields(record: Record<string, unknown>, fields: Readonly<Record<string, true>>): boolean {
  return Object.keys(fields).every((field) => record[field] === null || typeof record[field] === "number");
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function pick<T, K extends keyof T & string>(record: T, fields: Readonly<Record<K, true>>): Pick<T, K> {
  return Object.fromEntries((Object.keys(fields) as K[]).map((field) => [field, record[field]])) as Pick<T, K>;
}
