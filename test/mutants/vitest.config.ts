import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { mergeConfig } from "vitest/config";
import whole from "../../vitest.config.ts";
import { DURATIONS } from "./trial.ts";

/** Most faults are seen by many files: the shortest ones first, as the unmutated tree took them. */
class ShortestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const durations: Record<string, number> = existsSync(DURATIONS) ? JSON.parse(readFileSync(DURATIONS, "utf8")) : {};
    const durationOf = ({ moduleId }: TestSpecification): number =>
      durations[relative(process.cwd(), moduleId).replaceAll("\\", "/")] ?? 0;
    return [...files].sort((a, b) => durationOf(a) - durationOf(b));
  }
}

/** The mutation check runs copies of the tree whose node_modules is a link: what vite caches stays in the copy. */
export default mergeConfig(whole, {
  cacheDir: ".vitest-cache",
  test: {
    exclude: ["test/mutants/**"],
    sequence: { sequencer: ShortestFirst },
  },
});
