export function product(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total * size, 1);
}

export function showShape(shape: readonly (number | string)[]): string {
  return `[${shape.join(",")}]`;
}
