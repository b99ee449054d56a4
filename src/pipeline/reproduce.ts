import { loadKernels } from "../../bindings/index.ts";
import type { FigureName, FigureResult, Subject } from "../model/ir/reproduce.ts";
import type { AccuracyOptions } from "./accuracy.ts";
import { energy, speedup } from "./reproduce/gains.ts";
import { idealised } from "./reproduce/idealised.ts";
import { Lab } from "./reproduce/lab.ts";
import { breakdown, overhead } from "./reproduce/shares.ts";
import { cellBits, indexBits, ouSize } from "./reproduce/sweeps.ts";

/** Where and how figures are computed; they do not depend on it. */
export interface ReproduceOptions extends Pick<AccuracyOptions, "kernels" | "executor" | "signal" | "tables"> {
  /** Called before each simulation with what it is of. */
  readonly onRun?: (label: string) => void;
}

/** Figures of the paper's evaluation on some networks, side by side with what is published (§11). */
export async function* reproduce(
  figures: readonly FigureName[],
  subjects: readonly Subject[],
  seed: number,
  options: ReproduceOptions = {},
): AsyncGenerator<FigureResult> {
  const { onRun = () => {}, ...rest } = options;
  const engine = { ...rest, kernels: options.kernels ?? (await loadKernels()) };
  const lab = new Lab(subjects, seed, engine, onRun);
  const makers: Record<FigureName, () => Promise<FigureResult>> = {
    speedup: () => speedup(lab),
    energy: () => energy(lab),
    "ou-size": () => ouSize(lab),
    "cell-bits": () => cellBits(lab),
    "index-bits": () => indexBits(lab),
    idealised: () => {
      onRun("accuracy on disturbed crossbars");
      return idealised(lab, seed, engine);
    },
    breakdown: () => breakdown(lab),
    overhead: () => overhead(lab),
  };
  for (const figure of figures) yield await makers[figure]();
}
