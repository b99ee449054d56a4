/** Typed arrays of numbers: what an array of a file or of a network holds. */
export interface NumberList<T = number | bigint> {
  readonly length: number;
  [index: number]: T;
  slice(): NumberList<T>;
}

/** Side of the square tiles in which two axes are exchanged: both sides of the copy stay in cache. */
const TILE = 32;

/**
 * Row-major values of `shape` with their axes in another order: axis i of the result is axis `axes[i]` of the source.
 * Returns a copy and its shape.
 */
export function permuteAxes<A extends NumberList<never> | NumberList>(
  values: A,
  shape: readonly number[],
  axes: readonly number[],
): { values: A; shape: number[] } {
  const target = values.slice() as NumberList;
  const source = values as NumberList;
  const result = axes.map((axis) => shape[axis]!);
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  const steps = axes.map((axis) => strides[axis]!);
  const rank = axes.length;
  if (rank < 2) return { values: target as A, shape: result };
  // Row by row of the two innermost axes of the result; the outer ones count like an odometer.
  const [rowCount, colCount] = [result[rank - 2]!, result[rank - 1]!];
  const [rowStep, colStep] = [steps[rank - 2]!, steps[rank - 1]!];
  const index = result.map(() => 0);
  for (let to = 0, from = 0; to < source.length; to += rowCount * colCount) {
    for (let row0 = 0; row0 < rowCount; row0 += TILE) {
      const rowEnd = Math.min(rowCount, row0 + TILE);
      for (let col0 = 0; col0 < colCount; col0 += TILE) {
        const colEnd = Math.min(colCount, col0 + TILE);
        for (let row = row0; row < rowEnd; row++) {
          for (let col = col0; col < colEnd; col++) {
            target[to + row * colCount + col] = source[from + row * rowStep + col * colStep]!;
          }
        }
      }
    }
    for (let axis = rank - 3; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < result[axis]!) break;
      from -= steps[axis]! * result[axis]!;
      index[axis] = 0;
    }
  }
  return { values: target as A, shape: result };
}
