import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Mutant } from "./mutant.ts";
import type { Kill } from "./trial.ts";

export type Verdict =
  | { readonly kind: "killed"; readonly kill: Kill; readonly seconds: number }
  | { readonly kind: "survived"; readonly seconds: number }
  | { readonly kind: "invalid"; readonly reason: string };

export interface Result {
  readonly mutant: Mutant;
  readonly verdict: Verdict;
}

/** Share of the faults that compile which a test has seen; 1 of none. */
export function killedRatio(results: readonly Result[]): number {
  const valid = results.filter(({ verdict }) => verdict.kind !== "invalid");
  const killed = valid.filter(({ verdict }) => verdict.kind === "killed");
  return valid.length === 0 ? 1 : killed.length / valid.length;
}

/** What a folder says of faults that are still the same and were killed. */
export function killedBefore(folder: string, mutants: readonly Mutant[]): Result[] {
  const path = join(folder, "results.json");
  const results = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Result[]) : [];
  const told = new Map(results.map((result) => [JSON.stringify(result.mutant), result.verdict]));
  return mutants.flatMap((mutant) => {
    const verdict = told.get(JSON.stringify(mutant));
    return verdict?.kind === "killed" ? [{ mutant, verdict }] : [];
  });
}

/** Writes results.json and results.md into a folder. */
export function writeResults(folder: string, results: readonly Result[]): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "results.json"), `${JSON.stringify(results, null, 2)}\n`);
  const rows = results.map(({ mutant, verdict }) =>
    [mutant.id, mutant.file, mutant.fault, ...outcome(verdict)].map((cell) => cell.replaceAll("|", "\\|")),
  );
  const table = [["id", "file", "fault", "verdict", "by"], Array(5).fill("---"), ...rows];
  const lines = table.map((row) => `| ${row.join(" | ")} |`);
  writeFileSync(join(folder, "results.md"), `${summary(results)}\n\n${lines.join("\n")}\n`);
}

export function summary(results: readonly Result[]): string {
  const countOf = (kind: Verdict["kind"]): number => results.filter(({ verdict }) => verdict.kind === kind).length;
  const files = new Set(results.map(({ mutant }) => mutant.file)).size;
  const percent = (100 * killedRatio(results)).toFixed(1);
  return (
    `${results.length} faults in ${files} files: ${countOf("killed")} killed (${percent} %), ` +
    `${countOf("survived")} survived, ${countOf("invalid")} invalid`
  );
}

export function outcome(verdict: Verdict): [verdict: string, by: string] {
  if (verdict.kind === "killed") return ["killed", `${verdict.kill.by}: ${verdict.kill.test}`];
  return [verdict.kind, verdict.kind === "invalid" ? verdict.reason : ""];
}
