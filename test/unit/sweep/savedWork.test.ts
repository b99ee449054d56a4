import { expect, test } from "vitest";
import { describeSavedWork, saved_s } from "../../../src/edges/sweep/savedWork.ts";

test("each point that did not quantise or count spares the mean time of one that did", () => {
  // 10 points; 2 quantised in 6 s: 8 spared 3 s each. 5 counted in 10 s: 5 spared 2 s each.
  const shared = { points: 10, preparations: 2, preparing_ms: 6000, counts: 5, counting_ms: 10_000 };
  expect(saved_s(shared)).toBe(8 * 3 + 5 * 2);
  expect(describeSavedWork(shared)).toBe("10 points run from 2 quantised workloads and 5 counts: 34 s of work saved");
});

test("nothing made is nothing saved", () => {
  expect(saved_s({ points: 3, preparations: 0, preparing_ms: 0, counts: 0, counting_ms: 0 })).toBe(0);
  const one = { points: 1, preparations: 1, preparing_ms: 900, counts: 1, counting_ms: 70 };
  expect(saved_s(one)).toBe(0);
  expect(describeSavedWork(one)).toMatch(/^1 point run from 1 quantised workload and 1 count: /);
});
