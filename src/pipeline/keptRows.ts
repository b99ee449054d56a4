import { inputError } from "../model/base/errors.ts";
import type { KeptRows } from "../model/ir/keptRows.ts";
import { decodeArray, encodeNpz } from "../stages/network/index.ts";
import type { NpzEntry } from "../stages/network/index.ts";

const SIZES = ["matrixCount", "rowCount", "crossbarRows", "rowBlockCount", "colBlockCount", "groupsPerBlock"] as const;

/**
 * Maps of kept rows as an npz archive, four arrays a layer, numbered as in the report: `0.sizes` (the sizes above),
 * `0.counts` [matrix, row block, column block, group], `0.crossbars` and `0.masks` [crossbar, group, word].
 */
export function encodeKeptRows(maps: readonly (KeptRows | null)[]): Uint8Array {
  return encodeNpz(maps.flatMap((map, layer) => (map === null ? [] : entriesOf(map, layer))));
}

/** @throws InputError when the archive does not hold a map of each layer asked for, or one that contradicts itself. */
export function decodeKeptRows(bytes: Uint8Array, place: string, layer: number): KeptRows {
  const read = <T extends Uint16Array | Uint32Array>(
    name: string,
    type: new (...none: never) => T,
    size?: number,
  ): T => {
    const member = `${layer}.${name}`;
    const { values } = decodeArray(bytes, place, member);
    if (!(values instanceof type)) throw inputError(`${place}:${member}`, `a ${type.name}`, values.constructor.name);
    if (size !== undefined && values.length !== size)
      throw inputError(`${place}:${member}`, `${size} numbers`, String(values.length));
    return values;
  };
  const [matrixCount, rowCount, crossbarRows, rowBlockCount, colBlockCount, groupsPerBlock] = read(
    "sizes",
    Uint32Array,
    SIZES.length,
  ) as unknown as [number, number, number, number, number, number];
  const crossbars = read("crossbars", Uint32Array);
  const sizes = { matrixCount, rowCount, crossbarRows, rowBlockCount, colBlockCount, groupsPerBlock };
  return {
    ...sizes,
    counts: read("counts", Uint16Array, matrixCount * rowBlockCount * colBlockCount * groupsPerBlock),
    crossbars,
    masks: read("masks", Uint32Array, crossbars.length * groupsPerBlock * Math.ceil(crossbarRows / 32)),
  };
}

function entriesOf(map: KeptRows, layer: number): NpzEntry[] {
  const { matrixCount, rowBlockCount, colBlockCount, groupsPerBlock, counts, crossbars, masks } = map;
  const wordCount = masks.length / (crossbars.length * groupsPerBlock);
  return [
    { name: `${layer}.sizes`, shape: [SIZES.length], values: Uint32Array.from(SIZES, (size) => map[size]) },
    { name: `${layer}.counts`, shape: [matrixCount, rowBlockCount, colBlockCount, groupsPerBlock], values: counts },
    { name: `${layer}.crossbars`, shape: [crossbars.length], values: crossbars },
    { name: `${layer}.masks`, shape: [crossbars.length, groupsPerBlock, wordCount], values: masks },
  ];
}
