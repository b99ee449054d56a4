import { distance } from "fastest-levenshtein";

/** Up to `count` candidates that a typing error could have turned into `word`, best first. Case does not matter. */
export function nearest(word: string, candidates: Iterable<string>, count: number): string[] {
  const wanted = word.toLowerCase();
  // A third of the letters wrong is still a typing error; more is another word.
  const limit = Math.ceil(wanted.length / 3);
  return [...new Set(candidates)]
    .map((candidate) => ({ candidate, edits: distance(wanted, candidate.toLowerCase()) }))
    .filter(({ edits }) => edits <= limit)
    .sort((a, b) => a.edits - b.edits)
    .slice(0, count)
    .map(({ candidate }) => candidate);
}
