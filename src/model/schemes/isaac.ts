import type { Term } from "../arch/term.ts";
import { countWholeCrossbars } from "./planeOus.ts";
import type { SchemeRule } from "./rule.ts";

export const isaacWords: Term = {
  text: "The over-idealised design: the whole crossbar at once, one bit-plane a step. ouOps count whole-crossbar steps.",
  formula: "ouOps = Ba, each step timing.isaacStep_ns",
  source: "§7 [isaac16]",
};

export const isaac = {
  placement: "dense",
  step: "crossbar",
  formation: "fixed",
  ous: ({ compressed }) => countWholeCrossbars(compressed.denseSegments),
} satisfies SchemeRule;
