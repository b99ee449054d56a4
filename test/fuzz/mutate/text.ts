import type { Random } from "../../helpers/random.ts";
import { interestingNumber } from "./numbers.ts";

/** Numbers, words, runs of blanks, line ends and single signs. */
const TOKEN = /-?\d+(?:\.\d+)?|[A-Za-z_][\w.@-]*|[ \t]+|\r?\n|[^]/g;

/** What means something in one text format or another. */
const SPARE: readonly string[] = [
  ..."{}[](),:;&*!|>%@`'\"#-?~<=\\".split(""),
  ...["\n", "\t", "\0", "\uFEFF", "\r\n", "\n\n", " ", "  ", "---\n", "...\n", "\u2028", "\uD800", "𝄞"],
  ...["&a ", "*a", "<<: *a", "!!str ", "!!float ", "!!binary ", "!!set ", "%YAML 1.1\n---\n", "? ", "| \n", ">-\n"],
  ...["null", "true", "no", ".nan", ".inf", "-.inf", "0x10", "0o7", "1_000", "1e999", "1e-999", "auto", "unlimited"],
  ...["__proto__", "constructor", "toString", "length", "__metadata__"],
];

/** One to four tokens of `text` changed, dropped, repeated, exchanged, or taken from one of `others`. */
export function mutateText(text: string, others: readonly string[], random: Random): string {
  const tokens = text.match(TOKEN) ?? [];
  const donor = random.pick(others).match(TOKEN) ?? [];
  for (let round = random.pick([1, 1, 2, 3, 4]); round > 0; round--) mutateTokens(tokens, donor, random);
  return tokens.join("");
}

function mutateTokens(tokens: string[], donor: readonly string[], random: Random): void {
  const index = random.integer(0, tokens.length);
  const token = tokens[index] ?? "";
  const other = random.integer(0, Math.max(0, tokens.length - 1));
  if (random.chance(0.01)) return repeatOften(tokens, index, random);
  switch (random.integer(0, 7)) {
    case 0:
      tokens.splice(index, random.integer(1, 3));
      return;
    case 1:
      tokens.splice(index, 0, ...tokens.slice(other, other + random.integer(1, 12)));
      return;
    case 2:
      tokens[index] = tokens[other] ?? "";
      tokens[other] = token;
      return;
    case 3:
      tokens.splice(index, 0, random.pick(SPARE));
      return;
    case 4:
      tokens[index] = random.pick(SPARE);
      return;
    case 5:
      tokens.splice(index, random.integer(0, 2), ...donor.slice(random.integer(0, donor.length)).slice(0, 10));
      return;
    default:
      changeNumber(tokens, random);
  }
}

/** Depth, and what takes its time twice for each place. */
function repeatOften(tokens: string[], index: number, random: Random): void {
  const token = random.chance(0.5) ? random.pick(SPARE) : (tokens[index] ?? "[");
  tokens.splice(index, 0, token.repeat(random.pick([20, 300, 5000])));
}

/** Numbers are what most checks are about. */
function changeNumber(tokens: string[], random: Random): void {
  const places = tokens.flatMap((token, index) => (/^-?\d/.test(token) ? [index] : []));
  const place = places.length === 0 ? 0 : random.pick(places);
  tokens[place] = random.chance(0.4)
    ? String(Number(tokens[place]) + random.pick([-1, 1]))
    : String(interestingNumber(random));
}
