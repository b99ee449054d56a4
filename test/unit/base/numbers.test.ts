import { expect, test } from "vitest";
import { countBits } from "../../../src/model/base/bits.ts";
import { roundHalfEven } from "../../../src/model/base/numbers.ts";
import { Random } from "../../helpers/random.ts";

/** The definition, by comparing fractions. */
function nearestEven(value: number): number {
  const floor = Math.floor(value);
  const fraction = value - floor;
  if (fraction !== 0.5) return fraction < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}

test("rounding equals its definition at every magnitude and on ties", () => {
  const random = new Random(1);
  for (let draw = 0; draw < 100_000; draw++) {
    const magnitude = 2 ** random.integer(-60, 70);
    const value = (random.unit() * 2 - 1) * magnitude;
    const tie = random.integer(-70_000, 70_000) + 0.5;
    // + 0: either side may have the sign of zero.
    expect(roundHalfEven(value) + 0).toBe(nearestEven(value) + 0);
    expect(roundHalfEven(tie) + 0).toBe(nearestEven(tie) + 0);
  }
});

test.each([2 ** 51 - 0.5, 2 ** 51, 2 ** 51 + 0.5, 2 ** 51 + 1.5, 2 ** 52 - 0.5, 2 ** 53 + 2, 0.5 - 2 ** -54, 1e300])(
  "rounding of ±%d equals its definition",
  (value) => {
    expect(roundHalfEven(value)).toBe(nearestEven(value));
    expect(roundHalfEven(-value) + 0).toBe(nearestEven(-value) + 0);
  },
);

test("bits are counted as they are written", () => {
  const random = new Random(2);
  for (let draw = 0; draw < 1000; draw++) {
    const words = Uint32Array.from({ length: random.integer(0, 5) }, () => Math.floor(random.unit() * 2 ** 32));
    const ones = [...words].flatMap((word) => [...word.toString(2)]).filter((digit) => digit === "1").length;
    expect(countBits(words)).toBe(ones);
  }
  expect(countBits(Uint32Array.of(0xffffffff, 0))).toBe(32);
});
