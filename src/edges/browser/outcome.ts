import { InputError } from "../../index.ts";
import type { Fault } from "../../index.ts";

/** What a call came to, as it crosses between threads: an error's class would not. */
export type Outcome<T> =
  { readonly value: T } | { readonly faults: readonly Fault[] } | { readonly error: { name: string; message: string } };

/** Every end of some work as a value. */
export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof InputError) return { faults: error.faults };
    if (error instanceof Error || error instanceof DOMException) {
      return { error: { name: error.name, message: error.message } };
    }
    return { error: { name: "Error", message: String(error) } };
  }
}

/** The value. @throws InputError with all its faults, or Error, as the other thread threw them. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if ("value" in outcome) return outcome.value;
  if ("faults" in outcome) throw new InputError(outcome.faults);
  const { name, message } = outcome.error;
  throw Object.assign(new Error(message), { name });
}
