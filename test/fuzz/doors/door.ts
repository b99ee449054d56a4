import type { Random } from "../../helpers/random.ts";

/** A place where data from outside comes in. */
export interface Door<I = unknown> {
  readonly name: string;
  /** Its share of the inputs, beside those of the other doors. */
  readonly weight: number;
  /** One input, as plain data that can be written to a file and read again. */
  make(random: Random): I;
  /** Hands the input in; ends when it was taken. Throws what the door throws, or `WrongSuccess`. */
  run(input: I): Promise<void> | void;
  /** Does the error say what is wrong, and where, in the words of this door? */
  isRefusal(error: unknown): boolean;
}

/** The door took an input, but what came out contradicts itself or what another decoder says. */
export class WrongSuccess extends Error {
  override readonly name = "WrongSuccess";
}

export function holds(condition: boolean, law: string): void {
  if (!condition) throw new WrongSuccess(law);
}

/** `place: expected …, got …`, where every part says something. */
const FAULT_LINE = /^[^]+?: expected [^]+, got [^]*$/;

/** Words of the language's own errors: one that was only caught and wrapped names no fault of the input. */
const LEAKED =
  /Cannot read propert|is not a function|is not iterable|undefined|\[object |Invalid (typed )?array|out of bounds|call stack/;

/** An InputError whose every line names a place. */
export function isInputError(error: unknown): boolean {
  if (!(error instanceof Error) || error.name !== "InputError" || !("faults" in error)) return false;
  return error.message.split("\n").every(isFaultLine);
}

/** A RangeError of the bindings: `argument: expected …, got …`. */
export function isArgumentError(error: unknown): boolean {
  return error instanceof RangeError && isFaultLine(error.message);
}

export function isFaultLine(line: string): boolean {
  return FAULT_LINE.test(line) && !LEAKED.test(line);
}
