import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import type { RandomGenerator } from "pure-rand/types/RandomGenerator";

/**
 * Generator for a seed. The seed is hashed (murmur3's finaliser) and the first draws are dropped: neighbouring small
 * seeds would start alike otherwise.
 */
export function seededGenerator(seed: number): RandomGenerator {
  let hash = seed | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  const generator = xoroshiro128plus(hash ^ (hash >>> 16));
  for (let draw = 0; draw < 16; draw++) generator.next();
  return generator;
}

/**
 * Fast generator for bulk data (sfc32: small, chaotic, 32 bits a draw), one independent stream per list of keys: the
 * same keys give the same numbers, whatever else was drawn before.
 */
export class RandomStream {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;
  private spare = NaN;

  constructor(keys: readonly (number | string)[]) {
    [this.a, this.b, this.c] = hashKeys(keys);
    for (let draw = 0; draw < 16; draw++) this.int32();
  }

  /** Uniform over all 32-bit integers, signed. */
  int32(): number {
    const result = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + result) | 0;
    return result;
  }

  /** Uniform in [0, 1). */
  unit(): number {
    return (this.int32() >>> 0) / 2 ** 32;
  }

  /** Standard normal (Marsaglia's polar method, which yields two at a time). */
  normal(): number {
    const { spare } = this;
    if (spare === spare) {
      this.spare = NaN;
      return spare;
    }
    for (;;) {
      const x = this.int32() / 2 ** 31;
      const y = this.int32() / 2 ** 31;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      this.spare = y * factor;
      return x * factor;
    }
  }
}

/** Three words of state from some keys (FNV-1a over their text, finished as murmur3 does); a separator ends each key. */
function hashKeys(keys: readonly (number | string)[]): [number, number, number] {
  const text = keys.map((key) => `${key}\u0000`).join("");
  const word = (lane: number): number => {
    let hash = 0x811c9dc5 ^ Math.imul(lane, 0x9e3779b9);
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    return hash ^ (hash >>> 16);
  };
  return [word(1), word(2), word(3)];
}
