/** Field of an i32 record (abi.ts). */
// @ts-ignore: decorator
@inline
export function field(record: usize, index: i32): i32 {
  return load<i32>(record + (<usize>index << 2));
}

/** Next multiple of 16 bytes. */
// @ts-ignore: decorator
@inline
export function align(byteCount: usize): usize {
  return (byteCount + 15) & ~(<usize>15);
}
