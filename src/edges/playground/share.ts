import { effect } from "@preact/signals";
import { settings } from "./settings.ts";
import { choose, source, sourceNamed } from "./source.ts";

/** Keeps example and configuration in the fragment of the page's address, and takes them from there at the start. */
export function shareByFragment(): void {
  const given = new URLSearchParams(location.hash.slice(1));
  choose(sourceNamed(given.get("source") ?? "") ?? source.value);
  settings.value = Object.fromEntries([...given].filter(([key]) => key.includes(".")));
  effect(() => {
    const params = new URLSearchParams(settings.value);
    if (sourceNamed(source.value.name) !== undefined) params.set("source", source.value.name);
    history.replaceState(null, "", `#${params.toString()}`);
  });
}
