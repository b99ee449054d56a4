import { matchGlob } from "../../../model/base/glob.ts";

/** A tensor's name for one layer: $0 is the layer, $1 … what each `*` stood for, $$ a dollar sign. */
export function fillIn(name: string, layer: string, pattern: string): string {
  const captures = [layer, ...(matchGlob(pattern, layer) ?? [])];
  return name.replace(/\$(\$|\d)/g, (whole, key: string) => (key === "$" ? "$" : (captures[Number(key)] ?? whole)));
}
