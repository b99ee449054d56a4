/** HTML that is safe to put into HTML. */
export class Markup {
  constructor(readonly text: string) {}
}

type Part = Markup | string | number | null | undefined | readonly Part[];

/** Puts HTML together; what is put in is escaped, unless it is Markup itself. */
export function markup(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(texts.reduce((before, text, index) => before + textOf(parts[index - 1]) + text));
}

function textOf(part: Part): string {
  if (part === null || part === undefined) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map(textOf).join("");
  return escape(String(part));
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

export interface Column {
  readonly head: string;
  /** Words stand to the left, numbers to the right. */
  readonly isText?: boolean;
}

/** A table that scrolls in itself where the page is narrow; the first column names its rows. */
export function table(
  columns: readonly (Column | string)[],
  rows: readonly (readonly Part[])[],
  caption?: string,
): Markup {
  const all = columns.map((column) => (typeof column === "string" ? { head: column } : column));
  const kind = ({ isText }: Column): string => (isText ? "text" : "number");
  const cell = (part: Part, index: number): Markup =>
    index === 0
      ? markup`<th scope="row" class="${kind(all[0]!)}">${part}</th>`
      : markup`<td class="${kind(all[index]!)}">${part}</td>`;
  return markup`<div class="scroll"><table>
${caption === undefined ? null : markup`<caption>${caption}</caption>`}
<thead><tr>${all.map((column) => markup`<th scope="col" class="${kind(column)}">${column.head}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => markup`<tr>${row.map(cell)}</tr>\n`)}</tbody></table></div>`;
}

export function details(summary: string, content: Markup): Markup {
  return markup`<details><summary>${summary}</summary>${content}</details>`;
}

/** What may stand in a script element: no sequence in it ends the element. */
export function scriptJson(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replace(/</g, "\\u003c"));
}

export function base64(bytes: Uint8Array): string {
  let text = "";
  // A call takes so many arguments.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}
