/**
 * What each `*` of a pattern stands for in the whole of a text (any run of characters); null when it does not match. A `*` takes as
 * much as it can, earlier ones first. Takes no longer for many stars, as a regular expression would.
 */
export function matchGlob(pattern: string, text: string): string[] | null {
  const [first = "", ...rest] = pattern.split("*");
  const last = rest.pop();
  if (last === undefined) return pattern === text ? [] : null;
  if (!text.startsWith(first) || !text.endsWith(last)) return null;
  let end = text.length - last.length;
  if (end < first.length) return null;
  const captures: string[] = [];
  // From the right: what stands between two stars as late as it can leaves most to those before it.
  for (const part of rest.reverse()) {
    const start = text.lastIndexOf(part, end - part.length);
    if (start < first.length || end - part.length < first.length) return null;
    captures.unshift(text.slice(start + part.length, end));
    end = start;
  }
  return [text.slice(first.length, end), ...captures];
}
