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
