import { signal } from "@preact/signals";
import type { CrossbarChoice } from "../../index.ts";

/** Where the stepper is. */
export interface Lit {
  /** The packed crossbar at work. */
  readonly crossbar: CrossbarChoice;
  readonly group: number;
  /** Rows of the matrix whose wordlines are open. */
  readonly rows: ReadonlySet<number>;
}
export const lit = signal<Lit | null>(null);
