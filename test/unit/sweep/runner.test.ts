import { describe, expect, it } from "vitest";
import { parseConfig } from "../../../src/index.ts";
import type { PointOutcome, PointResult } from "../../../src/index.ts";
import { canonicalJson } from "../../../src/edges/sweep/canonicalJson.ts";
import { Eta } from "../../../src/edges/sweep/eta.ts";
import type { WorkGroup } from "../../../src/edges/sweep/plan.ts";
import { RecentlyUsed } from "../../../src/edges/sweep/recentlyUsed.ts";
import { runLocally } from "../../../src/edges/sweep/runLocally.ts";
import type { GroupRunner } from "../../../src/edges/sweep/runner.ts";

const config = parseConfig([], []);
const result: PointResult = { samples: 1, adcBits: 6, indexBits: 0, float: null, integer: null, schemes: {} };
const finished = (id: string): PointOutcome => ({ id, result, elapsed_ms: 1 });

function groupOf(key: string, pointCount = 1, network = "net"): WorkGroup {
  const points = Array.from({ length: pointCount }, (_, point) => ({ id: `${key}${point}`, config }));
  return { key, network: { name: network }, files: [], schemes: [], seed: 0, accuracy: null, points };
}

async function outcomesOf(groups: readonly WorkGroup[], runner: GroupRunner): Promise<PointOutcome[][]> {
  const found: PointOutcome[][] = [];
  for await (const outcomes of runLocally(groups, runner, () => {})) found.push([...outcomes]);
  return found;
}

describe("groups on this machine", () => {
  it("run no more at a time than the runner takes, and come back as they end", async () => {
    let running = 0;
    let most = 0;
    let endLast = (): void => {};
    const runner: GroupRunner = {
      concurrency: 2,
      async run({ key, points }) {
        most = Math.max(most, ++running);
        // The first ends after all others.
        if (key === "a") await new Promise<void>((resolve) => (endLast = resolve));
        else await new Promise(setImmediate);
        running--;
        return points.map(({ id }) => finished(id));
      },
      close: async () => {},
    };
    const groups = ["a", "b", "c", "d"].map((key) => groupOf(key));
    const found: string[] = [];
    for await (const outcomes of runLocally(groups, runner, () => {})) {
      found.push(...outcomes.map(({ id }) => id));
      if (found.length === 3) endLast();
    }
    expect(found).toEqual(["b0", "c0", "d0", "a0"]);
    expect(most).toBe(2);
  });

  it("try points that fail three times, and only those", async () => {
    const asked: string[][] = [];
    const runner: GroupRunner = {
      concurrency: 1,
      async run({ points }) {
        asked.push(points.map(({ id }) => id));
        return points.map(({ id }): PointOutcome => {
          if (id === "a1" || (id === "a2" && asked.length < 3)) return { id, error: "no", attempts: 1 };
          return finished(id);
        });
      },
      close: async () => {},
    };
    const [found] = await outcomesOf([groupOf("a", 3)], runner);
    expect(asked).toEqual([
      ["a0", "a1", "a2"],
      ["a1", "a2"],
      ["a1", "a2"],
    ]);
    expect(found).toEqual([finished("a0"), finished("a2"), { id: "a1", error: "no", attempts: 3 }]);
  });
});

describe("what was used last", () => {
  it("is made once, and the oldest goes", async () => {
    const made: string[] = [];
    const kept = new RecentlyUsed<string, string>(2);
    const get = (key: string): Promise<string> => kept.getOr(key, async () => (made.push(key), key));
    for (const key of ["a", "b", "a", "c", "a", "b"]) expect(await get(key)).toBe(key);
    expect(made).toEqual(["a", "b", "c", "b"]);
  });

  it("is forgotten when it fails", async () => {
    const kept = new RecentlyUsed<string, number>(2);
    await expect(kept.getOr("a", () => Promise.reject(new Error("first")))).rejects.toThrow("first");
    expect(kept.has("a")).toBe(false);
    expect(await kept.getOr("a", async () => 2)).toBe(2);
  });
});

describe("canonical JSON", () => {
  it("does not depend on the order of keys, at any depth", () => {
    const one = { b: [{ y: 1, x: undefined }, null], a: { d: "2", c: 3 } };
    const other = { a: { c: 3, d: "2" }, b: [{ y: 1 }, null] };
    expect(canonicalJson(one)).toBe(canonicalJson(other));
    expect(canonicalJson(one)).toBe('{"a":{"c":3,"d":"2"},"b":[{"y":1},null]}');
  });
});

describe("time left", () => {
  it("goes by the network's own groups, and by how many run at once", () => {
    let clock_ms = 0;
    const groups = [...Array(10).keys()].map((index) => groupOf(`g${index}`, 1, index < 5 ? "slow" : "fast"));
    const eta = new Eta(groups, () => clock_ms);
    expect(eta.left_s()).toBeNull();
    clock_ms = 1000; // Two threads: 2 s of work in 1 s.
    eta.add("slow", 1800);
    eta.add("fast", 200);
    // 4 slow and 4 fast groups are left: 8 s of work on two threads.
    expect(eta.left_s()).toBeCloseTo(4, 9);
  });
});
