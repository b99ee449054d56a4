import { computed, signal } from "@preact/signals";
import { InputError, configKeys, parseConfig } from "../../index.ts";
import type { Config, ConfigKey, ConfigSource, Fault } from "../../index.ts";

/** Keys that stand in front; the others are under "more". */
const FRONT = [
  ...["crossbar.rows", "crossbar.cols", "crossbar.cellBits", "ou.rows", "ou.cols"],
  ...["precision.weightBits", "precision.activationBits", "mapping.coding", "mapping.packing"],
  ...["sparsity.indexBits", "adc.bits", "adc.mode"],
];

const keys = configKeys().filter(({ path }) => path.includes(".") && !path.startsWith("energy.prices_pJ"));
export const frontKeys: readonly ConfigKey[] = FRONT.map((path) => keys.find((key) => key.path === path)!);
export const otherKeys: readonly ConfigKey[] = keys.filter(({ path }) => !FRONT.includes(path));

/** Text of the keys that the user has written into, by path. */
export const settings = signal<Readonly<Record<string, string>>>({});
/** What the source brings along. */
export const sourceConfig = signal<readonly ConfigSource[]>([]);

/** What a link sets that no field shows, as `key=value`. */
export const unseen = computed((): string[] => {
  const seen = new Set(keys.map(({ path }) => path));
  return Object.entries(settings.value)
    .filter(([path]) => !seen.has(path))
    .map(([path, text]) => `${path}=${text}`);
});

export function write(path: string, text: string): void {
  const { [path]: _old, ...others } = settings.value;
  settings.value = text.trim() === "" ? others : { ...others, [path]: text };
}

const standards = computed(() => parseConfig(sourceConfig.value, []));

/** What holds where the user writes nothing: the default, or what the source brings along. */
export function standardOf(path: string): string {
  const at = (node: unknown, key: string): unknown => (node as Record<string, unknown>)[key];
  return String(path.split(".").reduce(at, standards.value));
}

interface Parsed {
  readonly config: Config | null;
  readonly faults: readonly Fault[];
}

/** The configuration as written, checked as the command line checks it; what it calls `--set KEY` is KEY's field here. */
export const parsed = computed((): Parsed => {
  const sets = Object.entries(settings.value).map(([path, text]) => `${path}=${text}`);
  try {
    return { config: parseConfig(sourceConfig.value, sets), faults: [] };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { config: null, faults: error.faults.map(({ place, ...fault }) => ({ ...fault, place: fieldAt(place) })) };
  }
});

function fieldAt(place: string): string {
  return place.replace(/^--set /, "");
}

/** Faults of one key, and those that no key has. */
export function faultsOf(path: string): readonly Fault[] {
  return parsed.value.faults.filter(({ place }) => place.split(" ").includes(path));
}
