import { computed, signal } from "@preact/signals";
import { SCHEMES } from "../../index.ts";
import type { Fault, Scheme } from "../../index.ts";
import { source } from "./source.ts";

/** Schemes to simulate, in their order. */
export const schemes = signal<readonly Scheme[]>(SCHEMES);
/** How many inputs to take, as written; where nothing is, as many as the source wants. */
export const sampleText = signal("");

export function chooseScheme(scheme: Scheme, isWanted: boolean): void {
  schemes.value = SCHEMES.filter((name) => (name === scheme ? isWanted : schemes.value.includes(name)));
}

export function chooseAll(): void {
  schemes.value = SCHEMES;
  sampleText.value = "";
}

export const isAll = computed((): boolean => schemes.value.length === SCHEMES.length && sampleText.value === "");

export const samples = computed((): number =>
  sampleText.value === "" ? source.value.samples : Number(sampleText.value),
);

export const schemeFaults = computed((): readonly Fault[] =>
  schemes.value.length > 0 ? [] : [{ place: "schemes", expected: "at least one of them", got: "none" }],
);
export const sampleFaults = computed((): readonly Fault[] =>
  Number.isSafeInteger(samples.value) && samples.value > 0
    ? []
    : [{ place: "samples", expected: "integer ≥ 1", got: sampleText.value }],
);

/** As a link has them: only what is not as it comes. */
export function choiceParams(): Record<string, string> {
  return {
    ...(schemes.value.length === SCHEMES.length ? {} : { schemes: schemes.value.join() }),
    ...(sampleText.value === "" ? {} : { samples: sampleText.value }),
  };
}

export function takeChoice(params: URLSearchParams): void {
  const names = params.get("schemes")?.split(",");
  schemes.value = names === undefined ? SCHEMES : SCHEMES.filter((scheme) => names.includes(scheme));
  sampleText.value = params.get("samples") ?? "";
}
