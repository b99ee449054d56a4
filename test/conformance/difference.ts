/** Where two results differ, or null. Typed arrays, plain objects and numbers; -0 equals 0, NaN itself. */
export function difference(expected: unknown, actual: unknown, place = "result"): string | null {
  if (ArrayBuffer.isView(expected) || Array.isArray(expected)) {
    return listDifference(expected as ArrayLike<unknown>, actual, place);
  }
  if (typeof expected === "object" && expected !== null) {
    if (typeof actual !== "object" || actual === null) return `${place}: expected an object, got ${String(actual)}`;
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]);
    for (const key of keys) {
      const found = difference(
        (expected as Record<string, unknown>)[key],
        (actual as Record<string, unknown>)[key],
        `${place}.${key}`,
      );
      if (found !== null) return found;
    }
    return null;
  }
  return expected === actual || (Number.isNaN(expected) && Number.isNaN(actual))
    ? null
    : `${place}: expected ${String(expected)}, got ${String(actual)}`;
}

function listDifference(expected: ArrayLike<unknown>, actual: unknown, place: string): string | null {
  const sameKind = Object.getPrototypeOf(expected) === Object.getPrototypeOf(actual);
  if (!sameKind) return `${place}: expected ${expected.constructor.name}, got ${String(actual)}`;
  const other = actual as ArrayLike<unknown>;
  if (expected.length !== other.length) return `${place}.length: expected ${expected.length}, got ${other.length}`;
  for (let i = 0; i < expected.length; i++) {
    const found = difference(expected[i], other[i], `${place}[${i}]`);
    if (found !== null) return found;
  }
  return null;
}
