/** A value as a fault quotes it. */
export function show(value: unknown): string {
  if (typeof value === "number") return String(value);
  if (value === undefined) return "nothing";
  const text =
    JSON.stringify(value, (_, part: unknown) => (typeof part === "bigint" ? Number(part) : part)) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
