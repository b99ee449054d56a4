import type { FaultGatherer } from "../faults.ts";

/** `--synthetic-inputs` of `syntheticInputs`. */
export function optionName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

/** A decimal whole number of at least `least`; else a fault, and undefined. */
export function wholeNumber(name: string, text: string, least: number, faults: FaultGatherer): number | undefined {
  const value = /^\d+$/.test(text.trim()) ? Number(text) : NaN;
  if (Number.isSafeInteger(value) && value >= least) return value;
  faults.add(optionName(name), `integer ≥ ${least}`, JSON.stringify(text));
  return undefined;
}

/** A decimal count of at least 1, where a word would do as well; else a fault, and undefined. */
export function countOr(word: string, name: string, text: string, faults: FaultGatherer): number | undefined {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (Number.isSafeInteger(value) && value >= 1) return value;
  faults.add(optionName(name), `integer ≥ 1 or "${word}"`, JSON.stringify(text));
  return undefined;
}
