import { inputError } from "../base/errors.ts";
import { assumptions } from "./assumptions.ts";
import { configKeys, configPaths } from "./keys.ts";
import { deviceTerms } from "./deviceTerms.ts";
import { nearest } from "./nearest.ts";
import { sre19Prices } from "./presets/sre19.ts";
import { schemeTerms } from "../schemes/schemes.ts";
import { eventTerms, wordTerms } from "./terms.ts";
import type { Term } from "./term.ts";

/** What `explain` knows of a term; `formula` and `source` in the model's symbols and section marks. */
export interface Explanation extends Term {
  readonly term: string;
}

/**
 * Explains a scheme, a word, a configuration key or section, an event of the report, an assumption (A1 …), a price, or
 * one of the lists "prices" and "assumptions". Case does not matter.
 * @throws InputError with the nearest terms when there is no such term.
 */
export function explain(term: string): Explanation {
  const all = glossary();
  const wanted = term.trim().toLowerCase();
  const found = all.find((entry) => entry.term.toLowerCase() === wanted);
  if (found) return found;
  // A key's last part is enough where it is the only one of that name.
  const byLeaf = all.filter((entry) => entry.term.toLowerCase().endsWith(`.${wanted}`));
  if (byLeaf.length === 1 && byLeaf[0]) return byLeaf[0];
  const near = [...byLeaf.map((entry) => entry.term), ...nearest(term.trim(), knownTerms(), 3)];
  const hint = near.length > 0 ? ` (did you mean ${near.map((name) => `"${name}"`).join(", ")}?)` : "";
  throw inputError("TERM", `a scheme, word, option, event or assumption${hint}`, JSON.stringify(term));
}

/** Every term that `explain` accepts, in the order of the glossary. */
export function knownTerms(): string[] {
  return glossary().map((entry) => entry.term);
}

function glossary(): Explanation[] {
  const named = (terms: Readonly<Record<string, Term>>): Explanation[] =>
    Object.entries(terms).map(([term, entry]) => ({ term, ...entry }));
  return [
    ...named(schemeTerms),
    ...named(wordTerms),
    ...named(deviceTerms),
    ...named(eventTerms),
    ...keyTerms(),
    ...sectionTerms(),
    ...assumptions.map(({ id, text, section, configKey }) => ({
      term: id,
      text: configKey === undefined ? text : `${text} Option: ${configKey}.`,
      source: `${section}, assumption`,
    })),
    ...priceTerms(),
    pricesTerm(),
    assumptionsTerm(),
  ];
}

function keyTerms(): Explanation[] {
  return configKeys().map((key) => ({
    term: key.path,
    text: `${key.text}. Default ${JSON.stringify(key.default)}; ${key.expected}.`,
    source: "configuration",
  }));
}

function sectionTerms(): Explanation[] {
  const paths = configPaths();
  const isWord = (path: string): boolean => Object.hasOwn(wordTerms, path) || Object.hasOwn(deviceTerms, path);
  const keys = new Set(configKeys().map((key) => key.path));
  return paths
    .filter((path) => !keys.has(path) && !isWord(path) && paths.some((other) => other.startsWith(`${path}.`)))
    .map((path) => ({
      term: path,
      text: `Section of the configuration with ${paths.filter((other) => other.startsWith(`${path}.`)).join(", ")}.`,
      source: "configuration",
    }));
}

function priceTerms(): Explanation[] {
  return Object.entries(sre19Prices).map(([key, price]) => ({
    term: `energy.prices_pJ.${key}`,
    text: `Price of one ${price.unit}: ${price.price_pJ} pJ${price.estimate ? ", an estimate" : ""}.`,
    source: price.source,
  }));
}

function pricesTerm(): Explanation {
  const lines = Object.entries(sre19Prices).map(
    ([key, price]) =>
      `${key}: ${price.price_pJ} pJ per ${price.unit}; ${price.source}${price.estimate ? " (estimate)" : ""}`,
  );
  return { term: "prices", text: lines.join("\n"), formula: "energy = Σ events · price", source: "preset sre19, §10" };
}

function assumptionsTerm(): Explanation {
  return {
    term: "assumptions",
    text: assumptions.map(({ id, text }) => `${id}: ${text}`).join("\n"),
    source: "§2–§10",
  };
}
