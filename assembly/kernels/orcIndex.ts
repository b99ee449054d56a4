/**
 * Mask bits of rows [rowStart, rowStart + rowCount) → u32 entries: dropped rows since the previous kept one; a gap that
 * does not fit in indexBits (0: unlimited) gets filler rows. `entries` has room for rowCount. Returns the entry count.
 */
export function encodeIndexEntries(mask: usize, rowStart: i32, rowCount: i32, indexBits: i32, entries: usize): i32 {
  const reach = indexBits == 0 ? <i64>rowCount + 1 : (<i64>1) << indexBits;
  const first = entries;
  let previous = <i64>rowStart - 1;
  for (let row = <i64>rowStart; row < <i64>rowStart + rowCount; row++) {
    const word = load<u32>(mask + (((<usize>row) >> 5) << 2));
    if (!((word >> ((<u32>row) & 31)) & 1)) continue;
    while (row - previous > reach) {
      store<u32>(entries, <u32>(reach - 1));
      entries += 4;
      previous += reach;
    }
    store<u32>(entries, <u32>(row - previous - 1));
    entries += 4;
    previous = row;
  }
  return <i32>((entries - first) >> 2);
}

/** Running sum: row_k = row_(k-1) + 1 + entry_k, i32. */
export function decodeIndexEntries(entries: usize, entryCount: i32, previousRow: i32, rows: usize): void {
  let row = previousRow;
  for (let k = 0; k < entryCount; k++) {
    row += 1 + load<i32>(entries + ((<usize>k) << 2));
    store<i32>(rows + ((<usize>k) << 2), row);
  }
}
