import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { markPareto } from "../../../src/model/base/pareto.ts";
import type { Goals } from "../../../src/model/base/pareto.ts";

/** The definition, pair by pair. */
function plainPareto(rows: readonly Goals[]): boolean[] {
  const beats = (a: Goals, b: Goals): boolean =>
    a.every((goal, i) => goal <= b[i]!) && a.some((goal, i) => goal < b[i]!);
  return rows.map((row) => !rows.some((other) => beats(other, row)));
}

describe("markPareto", () => {
  test("keeps what nothing beats", () => {
    const rows = [
      [1, 4],
      [2, 2],
      [4, 1],
      [2, 3],
      [4, 4],
    ];
    expect(markPareto(rows)).toEqual([true, true, true, false, false]);
  });

  test("keeps every one of equal rows, or none", () => {
    expect(
      markPareto([
        [1, 2],
        [1, 2],
        [3, 3],
        [3, 3],
      ]),
    ).toEqual([true, true, false, false]);
  });

  test("an unknown goal, Infinity, loses against any other and holds among its kind", () => {
    expect(
      markPareto([
        [1, Infinity],
        [1, 5],
        [0, Infinity],
        [Infinity, Infinity],
      ]),
    ).toEqual([false, true, true, false]);
  });

  test("takes -0 and 0 for the same", () => {
    expect(
      markPareto([
        [0, 1],
        [-0, 1],
        [-0, 2],
      ]),
    ).toEqual([true, true, false]);
  });

  test("of nothing is nothing; of one row is that row; without goals all are equal", () => {
    expect(markPareto([])).toEqual([]);
    expect(markPareto([[7]])).toEqual([true]);
    expect(markPareto([[], []])).toEqual([true, true]);
  });

  test("refuses goals that it would not look at", () => {
    expect(() => markPareto([[1, 2, 3, 4, 5]])).toThrow("more than 4 goals");
  });

  test.each([1, 2, 3, 4])("is what the definition says, %i goals", (goalCount) => {
    // Few values: ties, equal rows and infinities are frequent.
    const goal = fc.oneof(fc.integer({ min: 0, max: 6 }), fc.constantFrom(Infinity, -Infinity, 0.5));
    const row = fc.array(goal, { minLength: goalCount, maxLength: goalCount });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 60 }), (rows) => {
        expect(markPareto(rows)).toEqual(plainPareto(rows));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  test("is what the definition says, many rows of which many are kept", () => {
    const random = fc.sample(fc.array(fc.double({ noNaN: true, min: 0, max: 1 }), { minLength: 3, maxLength: 3 }), {
      numRuns: 1500,
      seed: 2,
    });
    const rows = random.map(([a, b, c]) => [a!, b!, c!, 3 - a! - b! - c!]);
    const front = markPareto(rows);
    expect(front).toEqual(plainPareto(rows));
    expect(front.filter(Boolean).length).toBeGreaterThan(200);
  });

  test("marks 100,000 rows in seconds, whether few are kept or all", () => {
    let state = 1;
    const draw = (): number => (state = (state * 48271) % 2147483647) / 2147483647;
    const cloud = Array.from({ length: 100_000 }, () => [draw(), draw(), draw(), draw()]);
    const surface = cloud.map(([a, b, c]) => [a!, b!, c!, 3 - a! - b! - c!]);
    const start = performance.now();
    const kept = [cloud, surface].map((rows) => markPareto(rows).filter(Boolean).length);
    const elapsed_ms = performance.now() - start;
    expect(kept[0]).toBeGreaterThan(100);
    expect(kept[0]).toBeLessThan(2000);
    expect(kept[1]).toBe(100_000);
    expect(elapsed_ms).toBeLessThan(10_000);
  });
});
