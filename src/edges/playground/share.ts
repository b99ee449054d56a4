import { batch, computed, effect, signal } from "@preact/signals";
import { InputError, inputError } from "../../index.ts";
import { choiceParams, takeChoice } from "./choice.ts";
import { settings } from "./settings.ts";
import { choose, examples, source, sourceFaults, sourceNamed } from "./source.ts";
import { crossbarLook, crossbarOf, crossbarText, stepLook, stepOf, stepText } from "./view.ts";

/** Browsers refuse an address that changes many times a second, as it would with a key held down. */
const ADDRESS_MS = 300;
/** How a link names files of the user, which it cannot carry. */
const FILES = "files";

const sourceText = computed((): string => (source.value.own === null ? source.value.name : FILES));

/** Source, configuration, what is simulated and what is looked at. A configuration's keys have a dot, the others none. */
const fragment = computed((): string => {
  const params = new URLSearchParams({ ...settings.value, ...choiceParams(), source: sourceText.value });
  // Without its network there is nothing to look at.
  if (source.value.own === null) {
    if (crossbarLook.value !== null) params.set("crossbar", crossbarText(crossbarLook.value));
    if (stepLook.value !== null) params.set("step", stepText(stepLook.value));
  }
  return params.toString();
});

/** A link to the page as it is. */
export const link = computed((): string => `${location.href.replace(/#.*$/s, "")}#${fragment.value}`);

/** Keys of the configuration that the last link sets. */
export const linkedKeys = signal<readonly string[]>([]);

/** Takes all that a link says from the page's address, also from one that comes later, and keeps it there. */
export function shareByFragment(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const keep = (): void => {
    const next = link.value;
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(null, "", next), ADDRESS_MS);
  };
  takeLink();
  effect(keep);
  addEventListener("hashchange", () => {
    takeLink();
    keep();
  });
}

function takeLink(): void {
  const given = new URLSearchParams(location.hash.slice(1));
  const keys = [...given].filter(([key]) => key.includes("."));
  batch(() => {
    takeSource(given.get("source") ?? examples[0]!.name);
    settings.value = Object.fromEntries(keys);
    linkedKeys.value = keys.map(([key]) => key);
    takeChoice(given);
    const isKnown = sourceFaults.value.length === 0;
    crossbarLook.value = isKnown ? crossbarOf(given.get("crossbar")) : null;
    stepLook.value = isKnown ? stepOf(given.get("step")) : null;
  });
}

function takeSource(name: string): void {
  try {
    // What is there is the same, with its result; files among it.
    choose(name === sourceText.value ? source.value : named(name));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    choose(examples[0]!);
    sourceFaults.value = error.faults;
  }
}

function named(name: string) {
  if (name === FILES)
    throw inputError("source", "the files that the link was made with, dropped here", "the link alone, without them");
  return sourceNamed(name);
}
