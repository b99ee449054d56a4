import { describe, expect, it } from "vitest";
import { spreadIndex } from "../../../src/model/base/spread.ts";

const spread = (wanted: number, total: number): number[] =>
  Array.from({ length: wanted }, (_, index) => spreadIndex(index, wanted, total));

describe("spreadIndex", () => {
  it.each([1, 7, 100])("is everything when all %i are wanted", (total) => {
    expect(spread(total, total)).toEqual(Array.from({ length: total }, (_, index) => index));
  });

  it.each([
    [1, 9],
    [3, 4],
    [50, 61],
    [64, 115_200],
  ])("takes one in each of %i parts of %i", (wanted, total) => {
    const chosen = spread(wanted, total);
    expect(new Set(chosen).size).toBe(wanted);
    for (const [index, window] of chosen.entries()) expect(Math.floor(((window + 1) * wanted - 1) / total)).toBe(index);
  });

  it("is not in step with the rows of an image", () => {
    // 115,200 windows are 200 images of 24 x 24: equal steps of 1800 would all lie in column 0.
    const columns = new Set(spread(64, 115_200).map((window) => window % 24));
    expect(columns.size).toBeGreaterThan(20);
  });
});
