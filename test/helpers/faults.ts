import { expect } from "vitest";
import { InputError } from "../../src/index.ts";

/** Lines of the InputError that a promise ends in; fails when it ends in anything else. */
export async function faultLines(work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(InputError);
  return (error as InputError).message.split("\n");
}

/** A call ends in a RangeError of one line, which begins so. */
export function expectRefusal(call: () => unknown, message: string): void {
  let caught: unknown;
  try {
    call();
  } catch (error) {
    caught = error;
  }
  expect(caught).toBeInstanceOf(RangeError);
  expect((caught as RangeError).message.startsWith(message), (caught as RangeError).message).toBe(true);
  expect((caught as RangeError).message).not.toContain("\n");
}
