/** A small fault in one file: its text, found there exactly once, becomes the replacement. */
export interface Mutant {
  /** Unique among all. */
  readonly id: string;
  /** From the root of the project. */
  readonly file: string;
  readonly text: string;
  readonly replacement: string;
  /** What is wrong then, in a few words. */
  readonly fault: string;
}

/** Faults as the tables of data/ list them, file by file. */
export type FaultTable = Readonly<
  Record<string, readonly (readonly [id: string, text: string, replacement: string, fault: string])[]>
>;

export function mutantsOf(table: FaultTable): Mutant[] {
  return Object.entries(table).flatMap(([file, faults]) =>
    faults.map(([id, text, replacement, fault]) => ({ id, file, text, replacement, fault })),
  );
}

/** How often a text occurs in another one. */
export function occurrences(text: string, whole: string): number {
  return whole.split(text).length - 1;
}
