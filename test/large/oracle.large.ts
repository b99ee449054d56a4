import { expect, it } from "vitest";
import { KINDS, compareCase, kindsOf, networkCase, shrink } from "../helpers/oracle/networkCase.ts";

// Thousands of random networks against the naive second implementation. To run others, or one again:
// ORACLE_SEED=1 ORACLE_FIRST=1234 ORACLE_NETWORKS=1 npm run test:oracle

const numberOf = (name: string, fallback: number): number => Number(process.env[name] ?? fallback);
const seed = numberOf("ORACLE_SEED", 1);
const first = numberOf("ORACLE_FIRST", 0);
const count = numberOf("ORACLE_NETWORKS", 3000);

/** Cases that show every kind many times over. */
const ENOUGH_CASES = 1000;

it(`${count} random networks equal the naive model`, async () => {
  const counts = new Map<string, number>();
  const failures: string[] = [];
  const started = performance.now();
  let layerCount = 0;
  for (let done = 0; done < count; done++) {
    const index = first + done;
    const one = networkCase(seed, index);
    const comparison = await compareCase(one);
    layerCount += one.network.layers.length;
    for (const kind of kindsOf(one, comparison)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    if (comparison.differences.length > 0) {
      const [difference] = comparison.differences;
      failures.push(`ORACLE_SEED=${seed} ORACLE_FIRST=${index} ORACLE_NETWORKS=1: ${JSON.stringify(difference)}`);
      console.log(`${failures.at(-1)}\n${await shrink(seed, index)}`);
    }
    if ((done + 1) % 250 === 0 || done + 1 === count) {
      const perSecond = ((done + 1) / (performance.now() - started)) * 1000;
      const summary = `${done + 1} of ${count} networks, ${layerCount} layers, ${failures.length} with differences`;
      console.log(`${summary}, ${perSecond.toFixed(1)} networks a second`);
    }
  }
  const kinds = [...counts].sort(([a], [b]) => a.localeCompare(b)).map(([kind, cases]) => `  ${kind}: ${cases}`);
  console.log(`networks with\n${kinds.join("\n")}`);
  expect(failures).toEqual([]);
  if (count >= ENOUGH_CASES) for (const kind of KINDS) expect(counts.get(kind) ?? 0, kind).toBeGreaterThan(count / 100);
});
