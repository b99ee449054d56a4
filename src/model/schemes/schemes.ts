import type { Term } from "../arch/term.ts";
import { dof, dofWords } from "./dof.ts";
import { isaac, isaacWords } from "./isaac.ts";
import { naive, naiveWords } from "./naive.ts";
import { occ, occWords } from "./occ.ts";
import { orc, orcWords } from "./orc.ts";
import { orcDof, orcDofWords } from "./orcDof.ts";
import { recom, recomWords } from "./recom.ts";
import type { SchemeRule } from "./rule.ts";

/** Schemes by name, in the order in which tables show them. A new one is a file beside this, and its lines here. */
const rules = { naive, recom, occ, orc, dof, "orc-dof": orcDof, isaac } satisfies Record<string, SchemeRule>;

/** The name of a scheme. */
export type Scheme = keyof typeof rules;
/** The schemes of §7. */
export const SCHEMES = Object.keys(rules) as readonly Scheme[];

/** The name of a scheme that can be executed bit-serially. */
export type FunctionalScheme = {
  [Name in Scheme]: (typeof rules)[Name] extends { readonly streams: string } ? Name : never;
}[Scheme];
/** The OU schemes that `--verify` executes bit-serially. */
export const FUNCTIONAL_SCHEMES = SCHEMES.filter((name): name is FunctionalScheme => "streams" in rules[name]);

/** What a glossary says of them. Apart from the rules: pages that explain nothing do without. */
export const schemeTerms: Readonly<Record<Scheme, Term>> = {
  naive: naiveWords,
  recom: recomWords,
  occ: occWords,
  orc: orcWords,
  dof: dofWords,
  "orc-dof": orcDofWords,
  isaac: isaacWords,
};

/** What a scheme is. */
export function ruleOf(scheme: FunctionalScheme): SchemeRule & { readonly streams: "dense" | "orc" };
export function ruleOf(scheme: Scheme): SchemeRule;
export function ruleOf(scheme: Scheme): SchemeRule {
  return rules[scheme];
}
