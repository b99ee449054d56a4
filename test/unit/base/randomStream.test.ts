import { describe, expect, it } from "vitest";
import { RandomStream } from "../../../src/model/base/rng.ts";

const DRAWS = 200_000;

describe("a random stream", () => {
  it("is uniform over bytes, high and low", () => {
    const stream = new RandomStream([1, "bytes"]);
    const counts = [new Float64Array(256), new Float64Array(256)];
    for (let draw = 0; draw < DRAWS; draw++) {
      const value = stream.int32();
      counts[0]![value & 255]!++;
      counts[1]![value >>> 24]!++;
    }
    const expected = DRAWS / 256;
    for (const bytes of counts) {
      const chiSquare = bytes.reduce((total, count) => total + (count - expected) ** 2 / expected, 0);
      // 255 degrees of freedom: mean 255, standard deviation 22.6.
      expect(chiSquare).toBeGreaterThan(255 - 5 * 22.6);
      expect(chiSquare).toBeLessThan(255 + 5 * 22.6);
    }
  });

  it("repeats with its keys", () => {
    const draw = (...keys: (number | string)[]): number[] => {
      const stream = new RandomStream(keys);
      return Array.from({ length: 8 }, () => stream.int32());
    };
    expect(draw(0, "vgg16", 3)).toEqual(draw(0, "vgg16", 3));
    expect(draw(1, 23)).not.toEqual(draw(12, 3));
  });

  it("of neighbouring keys shares no values and is not correlated", () => {
    const seen = new Set<number>();
    for (let key = 0; key < 2000; key++) seen.add(new RandomStream([0, "layer", key]).int32());
    // 2000 draws out of 2^32 meet with probability 0.0005.
    expect(seen.size).toBe(2000);
    const [a, b] = [new RandomStream([0, 1]), new RandomStream([0, 2])];
    let product = 0;
    for (let draw = 0; draw < DRAWS; draw++) product += (a.unit() - 0.5) * (b.unit() - 0.5);
    // The product of two centred uniforms has standard deviation 1/12.
    expect(Math.abs(product)).toBeLessThan((5 / 12) * Math.sqrt(DRAWS));
  });

  it("has normal numbers of mean 0, variance 1 and fourth moment 3", () => {
    const stream = new RandomStream([2]);
    const moments = [0, 0, 0];
    for (let draw = 0; draw < DRAWS; draw++) {
      const value = stream.normal();
      moments[0]! += value;
      moments[1]! += value ** 2;
      moments[2]! += value ** 4;
    }
    expect(moments[0]! / DRAWS).toBeCloseTo(0, 1);
    expect(moments[1]! / DRAWS).toBeCloseTo(1, 1);
    expect(Math.abs(moments[2]! / DRAWS - 3)).toBeLessThan(0.15);
  });
});
