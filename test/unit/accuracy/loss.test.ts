import { expect, test } from "vitest";
import { staysWithin } from "../../../src/pipeline/accuracy/loss.ts";

const SAMPLES = 500;

function mean(hits: readonly number[]): number {
  return hits.map((count) => count / SAMPLES).reduce((a, b) => a + b, 0) / hits.length;
}

test("a loss of exactly the share is within it, however the mean was rounded", () => {
  // 307 of 500 by float, 302 on average: one hundredth less, but the mean of the quotients is 0.6039999999999999.
  const found = mean([304, 300, 302, 307, 297]);
  expect(found).toBeLessThan(307 / SAMPLES - 0.01);
  expect(staysWithin(0.01, found, 307 / SAMPLES)).toBe(true);
});

test("one sample more on one chip is beyond it", () => {
  expect(staysWithin(0.01, mean([304, 300, 302, 307, 296]), 307 / SAMPLES)).toBe(false);
});

test("without a loss allowed only the float accuracy will do, or more", () => {
  expect(staysWithin(0, 0.5, 0.5)).toBe(true);
  expect(staysWithin(0, 0.75, 0.5)).toBe(true);
  expect(staysWithin(0, 249 / SAMPLES, 0.5)).toBe(false);
});
