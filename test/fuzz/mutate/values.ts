import type { Random } from "../../helpers/random.ts";
import { changedInteger, interestingNumber } from "./numbers.ts";

type TypedArray = Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array | Float32Array | Float64Array;
type Holder = Record<string | number, unknown>;

/** Where a value stands in the arguments of a call, or in a message. */
interface Place {
  readonly holder: Holder;
  readonly key: string | number;
}

/** Plain data copied deeply; arrays over shared memory stay where they are. */
export function copyOf<T>(value: T): T {
  if (ArrayBuffer.isView(value)) {
    const array = value as unknown as TypedArray;
    return (array.buffer instanceof SharedArrayBuffer ? value : array.slice()) as T;
  }
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, copyOf(each) as unknown])) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copyOf(each)])) as T;
}

/** A copy with one to three of its numbers and arrays changed to others of the same type; words stay, being choices. */
export function mutateInType<T>(value: T, random: Random): T {
  return mutated(value, random, changedInType);
}

/** A copy of which also types are changed, keys dropped and values moved to other keys. */
export function mutateShape<T>(value: T, random: Random): T {
  return mutated(value, random, (place, all, chance) => {
    const { holder, key } = place;
    if (chance.chance(0.5)) return changedInType(place, all, chance);
    const kind = chance.integer(0, 3);
    if (kind === 0) delete holder[key];
    else if (kind === 1) {
      const other = chance.pick(all);
      holder[key] = copyOf(other.holder[other.key]);
    } else
      holder[key] = chance.pick<unknown>([null, undefined, "x", "", 7, -1, NaN, true, [], {}, 5n, new Uint8Array(3)]);
  });
}

type Change = (place: Place, all: readonly Place[], random: Random) => void;

function mutated<T>(value: T, random: Random, change: Change): T {
  const root: Holder = { value: copyOf(value) };
  for (let round = random.pick([1, 1, 1, 2, 3]); round > 0; round--) {
    const places = placesIn(root);
    if (places.length > 0) change(random.pick(places), places, random);
  }
  return root["value"] as T;
}

/** Every value below the root but functions. */
function placesIn(holder: Holder, found: Place[] = []): Place[] {
  for (const key of Object.keys(holder)) {
    const value = holder[key];
    if (typeof value === "function") continue;
    found.push({ holder, key });
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) continue;
    placesIn(value as Holder, found);
  }
  return found;
}

function changedInType({ holder, key }: Place, _all: readonly Place[], random: Random): void {
  const value = holder[key];
  if (typeof value === "number") {
    holder[key] = random.chance(0.7) ? changedInteger(random, value) : interestingNumber(random);
  } else if (typeof value === "bigint") holder[key] = value + BigInt(random.pick([-1, 1, 2 ** 40]));
  else if (typeof value === "boolean") holder[key] = !value;
  else if (ArrayBuffer.isView(value)) holder[key] = changedArray(value as unknown as TypedArray, random);
  else if (Array.isArray(value)) {
    if (random.chance(0.5)) value.pop();
    else if (value.length > 0) value.push(copyOf(value[0] as unknown));
  }
}

function changedArray(array: TypedArray, random: Random): TypedArray {
  const constructor = array.constructor as new (size: number) => TypedArray;
  const kind = random.integer(0, 5);
  if (kind === 0) return array.slice(0, random.integer(0, array.length));
  if (kind === 1) {
    const longer = new constructor(array.length + random.pick([1, 2, 16, 100]));
    longer.set(array);
    return longer;
  }
  const copy = array.slice();
  for (let round = random.integer(1, 3); round > 0 && copy.length > 0; round--) {
    const index = random.integer(0, copy.length - 1);
    if (typeof copy[index] === "bigint") return copy;
    copy[index] = random.chance(0.6) ? changedInteger(random, copy[index]!) : interestingNumber(random);
  }
  return copy;
}
