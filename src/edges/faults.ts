import { InputError } from "../index.ts";
import type { Fault } from "../index.ts";

/** Lets independent parts of an input be read even when one of them is bad, to show all faults at once. */
export class FaultGatherer {
  private readonly found: Fault[] = [];

  add(place: string, expected: string, got: string): void {
    this.found.push({ place, expected, got });
  }

  /** What `work` gives, or undefined when it ends in an InputError, whose faults are kept. Other errors pass. */
  async attempt<T>(work: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      this.found.push(...error.faults);
      return undefined;
    }
  }

  throwIfAny(): void {
    if (this.found.length > 0) throw new InputError(this.found);
  }
}
