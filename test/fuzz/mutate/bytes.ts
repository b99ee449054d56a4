import type { Random } from "../../helpers/random.ts";
import { interestingInteger } from "./numbers.ts";

type Mutation = (bytes: Uint8Array, random: Random) => Uint8Array;

const LONGEST_BLOCK = 64;

/** Changes of any bytes: what a bad disk, a bad transfer or a bad writer does. */
const MUTATIONS: readonly Mutation[] = [
  function flipBit(bytes, random) {
    return at(bytes, random, (copy, index) => void (copy[index]! ^= 1 << random.integer(0, 7)));
  },
  function setByte(bytes, random) {
    return at(bytes, random, (copy, index) => void (copy[index] = random.pick([0, 1, 127, 128, 255, 10, 32])));
  },
  function nudgeByte(bytes, random) {
    return at(bytes, random, (copy, index) => void (copy[index]! += random.pick([1, 255])));
  },
  function setInteger(bytes, random) {
    return at(bytes, random, (copy, index) => writeInteger(copy, index, random));
  },
  function cut(bytes, random) {
    return bytes.slice(0, random.integer(0, bytes.length));
  },
  function drop(bytes, random) {
    const [start, end] = block(bytes, random);
    return joined(bytes.subarray(0, start), bytes.subarray(end));
  },
  function repeat(bytes, random) {
    const [start, end] = block(bytes, random);
    return joined(bytes.subarray(0, end), bytes.subarray(start));
  },
  function swap(bytes, random) {
    const [start, end] = block(bytes, random);
    const later = random.integer(end, bytes.length);
    return joined(
      bytes.subarray(0, start),
      bytes.subarray(end, later),
      bytes.subarray(start, end),
      bytes.subarray(later),
    );
  },
  function insert(bytes, random) {
    const place = random.integer(0, bytes.length);
    const added = Uint8Array.from({ length: random.integer(1, 12) }, () => random.integer(0, 255));
    return joined(bytes.subarray(0, place), added, bytes.subarray(place));
  },
  function extend(bytes, random) {
    return joined(bytes, new Uint8Array(random.pick([1, 3, 4, 8, 100])));
  },
];

/** One to four changes of `bytes`; now and then the end of another one of `others` behind its start. */
export function mutateBytes(bytes: Uint8Array, others: readonly Uint8Array[], random: Random): Uint8Array {
  let mutated = random.chance(0.06) ? splice(bytes, random.pick(others), random) : bytes;
  for (let round = random.pick([1, 1, 1, 2, 3, 4]); round > 0; round--)
    mutated = random.pick(MUTATIONS)(mutated, random);
  return mutated;
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

function splice(bytes: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  return joined(bytes.subarray(0, random.integer(0, bytes.length)), other.subarray(random.integer(0, other.length)));
}

function at(bytes: Uint8Array, random: Random, change: (copy: Uint8Array, index: number) => void): Uint8Array {
  const copy = bytes.slice();
  if (copy.length > 0) change(copy, random.integer(0, copy.length - 1));
  return copy;
}

/** An integer of 2, 4 or 8 bytes in either order of bytes, as length fields are written. */
function writeInteger(copy: Uint8Array, index: number, random: Random): void {
  const byteCount = random.pick([2, 4, 4, 8]);
  if (index + byteCount > copy.length) return;
  const value = BigInt.asUintN(8 * byteCount, BigInt(interestingInteger(random)));
  const isBig = random.chance(0.3);
  for (let i = 0; i < byteCount; i++) {
    copy[index + (isBig ? byteCount - 1 - i : i)] = Number((value >> BigInt(8 * i)) & 255n);
  }
}

function block(bytes: Uint8Array, random: Random): [start: number, end: number] {
  const start = random.integer(0, bytes.length);
  return [start, Math.min(bytes.length, start + random.integer(1, LONGEST_BLOCK))];
}
