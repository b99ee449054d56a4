import { parseSweep } from "../../../../src/model/arch/sweep/parse.ts";
import type { SweepOptions } from "../../../../src/model/arch/sweep/parse.ts";
import { InputError } from "../../../../src/model/base/errors.ts";
import type { Sweep } from "../../../../src/model/ir/sweep.ts";

/** The sweep of a text named s.yaml; `extended` texts are named a.yaml, b.yaml, … */
export function sweepOf(text: string, sets: string[] = [], extended: string[] = []): Sweep {
  const files = extended.map((file, index) => ({ text: file, place: `${"abc"[index]}.yaml` }));
  const options: SweepOptions = { sets, extended: files, name: "s" };
  return parseSweep({ text, place: "s.yaml" }, options);
}

/** Lines of its faults; empty when it parses. */
export function faultLines(text: string, sets: string[] = [], extended: string[] = []): string[] {
  try {
    sweepOf(text, sets, extended);
  } catch (error) {
    if (error instanceof InputError) return error.message.split("\n");
    throw error;
  }
  return [];
}

/** A sweep over one network of the zoo, and the lines given, which start at line 3 of s.yaml, column 3. */
export function withAxes(...lines: string[]): string {
  return ["axes:", "  network: [zoo:lenet5]", ...lines.map((line) => `  ${line}`)].join("\n");
}
