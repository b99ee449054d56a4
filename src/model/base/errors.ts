/** One thing wrong with an input: where, what was expected there and what was found. */
export interface Fault {
  readonly place: string;
  readonly expected: string;
  readonly got: string;
}

/** Bad usage or input (exit code 2). Carries every fault found, one line each. */
export class InputError extends Error {
  readonly faults: readonly Fault[];

  /** One of another bundle is one, too: bundles for browsers have a copy of this class each. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === "InputError" && "faults" in value;
  }

  constructor(faults: Fault | readonly Fault[], options?: ErrorOptions) {
    const all = Array.isArray(faults) ? (faults as readonly Fault[]) : [faults as Fault];
    super(all.map(faultLine).join("\n"), options);
    this.name = "InputError";
    this.faults = all;
  }
}

/** `place: expected …, got …` on one line. */
export function faultLine(fault: Fault): string {
  const line = `${fault.place}: expected ${fault.expected}, got ${fault.got}`;
  return line.replace(/\s*\n\s*/g, " ");
}

/** Gathers the faults of one input, so that all of them are reported at once; the same fault twice is one. */
export class Faults {
  private readonly found = new Map<string, Fault>();

  get isEmpty(): boolean {
    return this.found.size === 0;
  }

  get all(): readonly Fault[] {
    return [...this.found.values()];
  }

  add(place: string, expected: string, got: string): void {
    const fault = { place, expected, got };
    this.found.set(faultLine(fault), fault);
  }

  /** Adds those of an error. @throws the error itself where it is none of bad input. */
  addFrom(error: unknown): void {
    if (!(error instanceof InputError)) throw error;
    for (const { place, expected, got } of error.faults) this.add(place, expected, got);
  }

  /** @throws InputError when anything was added. */
  throwIfAny(): void {
    if (!this.isEmpty) throw new InputError(this.all);
  }
}

/** Shorthand for the single-fault case. */
export function inputError(place: string, expected: string, got: string, cause?: unknown): InputError {
  return new InputError({ place, expected, got }, cause === undefined ? undefined : { cause });
}
