import { inputError } from "./errors.ts";
import type { InputError } from "./errors.ts";

/** What the kernels' memory and that of all threads say where there is no room. */
const NO_ROOM = /^(?:arena|shared memory): expected (.+), got (.+)$/;
/** What the engine says of an array that is too long, or that it has no memory for. */
const NO_ARRAY = /^(?:array buffer allocation failed|invalid (?:typed array|array|array buffer) length\b.*)$/i;

/** Memory that did not suffice, as a fault of the input: by the layer that wanted it; null for any other error. */
export function memoryError(label: string, error: unknown): InputError | null {
  if (!(error instanceof RangeError)) return null;
  const [, expected, got] = NO_ROOM.exec(error.message) ?? [];
  if (expected !== undefined) return inputError(`layer ${label}`, expected, got!, error);
  if (!NO_ARRAY.test(error.message)) return null;
  return inputError(`layer ${label}`, "a size that memory has room for", error.message, error);
}

/** Runs work of a layer. @throws InputError that names the layer and what it wanted where memory does not suffice. */
export async function withinMemory<T>(label: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw memoryError(label, error) ?? error;
  }
}
