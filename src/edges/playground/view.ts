import { signal } from "@preact/signals";
import type { CrossbarChoice, GroupChoice, LayerChoices } from "../../index.ts";

/** What is looked at of a finished run; null until somebody chooses. */
export interface CrossbarLook extends CrossbarChoice {
  readonly isPacked: boolean;
}
export interface StepLook extends GroupChoice {
  readonly window: number;
  /** Rounds that are done. */
  readonly round: number;
}
export const crossbarLook = signal<CrossbarLook | null>(null);
export const stepLook = signal<StepLook | null>(null);

/** Another network has other layers. */
export function lookNowhere(): void {
  crossbarLook.value = null;
  stepLook.value = null;
}

/** Places as a link has them: `2,0,1,3`. */
export function crossbarText({ layer, matrix, rowBlock, colBlock, isPacked }: CrossbarLook): string {
  return [layer, matrix, rowBlock, colBlock, isPacked ? 1 : 0].join();
}
export function stepText({ layer, matrix, colBlock, group, window, round }: StepLook): string {
  return [layer, matrix, colBlock, group, window, round].join();
}

/** null for what is no such text. */
export function crossbarOf(text: string | null): CrossbarLook | null {
  const [layer, matrix, rowBlock, colBlock, packed] = placesOf(text, 5) ?? [];
  return packed === undefined
    ? null
    : { layer: layer!, matrix: matrix!, rowBlock: rowBlock!, colBlock: colBlock!, isPacked: packed === 1 };
}
export function stepOf(text: string | null): StepLook | null {
  const [layer, matrix, colBlock, group, window, round] = placesOf(text, 6) ?? [];
  return round === undefined
    ? null
    : { layer: layer!, matrix: matrix!, colBlock: colBlock!, group: group!, window: window!, round };
}

/** Whether a layer of the run has such a crossbar, or such a group and window: links and earlier runs may know others. */
export function hasCrossbar(layers: readonly LayerChoices[], look: CrossbarLook): boolean {
  const own = layers[look.layer];
  return (
    own !== undefined &&
    look.matrix < own.matrixCount &&
    look.rowBlock < own.rowBlockCount &&
    look.colBlock < own.groupCounts.length
  );
}
export function hasStep(layers: readonly LayerChoices[], look: StepLook): boolean {
  const own = layers[look.layer];
  return (
    own !== undefined &&
    look.matrix < own.matrixCount &&
    look.window < own.windowCount &&
    look.group < (own.groupCounts[look.colBlock] ?? 0)
  );
}

function placesOf(text: string | null, count: number): number[] | null {
  if (text === null || !/^\d{1,9}(,\d{1,9})*$/.test(text)) return null;
  const places = text.split(",").map(Number);
  return places.length === count ? places : null;
}
