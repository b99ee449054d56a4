import { hasBit } from "./planes.ts";

export function encodeIndex(mask: Uint32Array, rowStart: number, rowCount: number, indexBits: number): Uint32Array {
  const entries: number[] = [];
  const reach = indexBits === 0 ? Infinity : 2 ** indexBits;
  let previous = rowStart - 1;
  for (let row = rowStart; row < rowStart + rowCount; row++) {
    if (!hasBit(mask, 0, row)) continue;
    while (row - previous > reach) {
      entries.push(reach - 1);
      previous += reach;
    }
    entries.push(row - previous - 1);
    previous = row;
  }
  return Uint32Array.from(entries);
}

export function decodeIndex(entries: Uint32Array, previousRow: number): Int32Array {
  const rows = new Int32Array(entries.length);
  let row = previousRow;
  entries.forEach((entry, k) => {
    row += 1 + entry;
    rows[k] = row;
  });
  return rows;
}
