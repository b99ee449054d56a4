/** What each `*` of a pattern stands for in the whole of a text (any run of characters); null when it does not match. */
export function matchGlob(pattern: string, text: string): string[] | null {
  const escaped = pattern.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", "(.*)");
  const match = new RegExp(`^${escaped}$`, "su").exec(text);
  return match === null ? null : match.slice(1);
}
