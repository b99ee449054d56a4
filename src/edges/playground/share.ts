import { computed, effect } from "@preact/signals";
import { choiceParams, takeChoice } from "./choice.ts";
import { settings } from "./settings.ts";
import { choose, source, sourceNamed } from "./source.ts";
import { crossbarLook, crossbarOf, crossbarText, stepLook, stepOf, stepText } from "./view.ts";

/** Browsers refuse an address that changes many times a second, as it would with a key held down. */
const ADDRESS_MS = 300;

/** Example, configuration, what is simulated and what is looked at. A configuration's keys have a dot, the others none. */
const fragment = computed((): string => {
  const params = new URLSearchParams({ ...settings.value, ...choiceParams() });
  if (sourceNamed(source.value.name) !== undefined) params.set("source", source.value.name);
  if (crossbarLook.value !== null) params.set("crossbar", crossbarText(crossbarLook.value));
  if (stepLook.value !== null) params.set("step", stepText(stepLook.value));
  return params.toString();
});

/** A link to the page as it is. */
export const link = computed((): string => `${location.href.replace(/#.*$/s, "")}#${fragment.value}`);

/** Takes all that a link says from the page's address, and keeps it there. */
export function shareByFragment(): void {
  const given = new URLSearchParams(location.hash.slice(1));
  choose(sourceNamed(given.get("source") ?? "") ?? source.value);
  settings.value = Object.fromEntries([...given].filter(([key]) => key.includes(".")));
  takeChoice(given);
  crossbarLook.value = crossbarOf(given.get("crossbar"));
  stepLook.value = stepOf(given.get("step"));
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const next = link.value;
    clearTimeout(timer);
    timer = setTimeout(() => history.replaceState(null, "", next), ADDRESS_MS);
  });
}
