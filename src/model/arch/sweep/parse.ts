import { Faults } from "../../base/errors.ts";
import type { Sweep, SweepAccuracy } from "../../ir/sweep.ts";
import { check } from "../check.ts";
import { configSchema } from "../config.ts";
import { configTree, presetNames } from "../keys.ts";
import type { ConfigSource } from "../parse.ts";
import { copyWritten, mergeSection, mergeSet, mergeYaml, nothingWritten, setPath } from "../tree.ts";
import type { Written } from "../tree.ts";
import { readYaml } from "../yamlText.ts";
import { readAxes } from "./axes.ts";
import type { Axis } from "./axes.ts";
import { crossCheck } from "./crossCheck.ts";
import { withoutExcluded } from "./exclude.ts";
import { readFrame } from "./frame.ts";
import type { Frame, ReadFrame } from "./frame.ts";
import { readNetworks } from "./networks.ts";
import { leavesOf, overlap } from "./patch.ts";
import type { Leaf } from "./patch.ts";
import { includedPoint, product, withoutRepeats } from "./points.ts";
import { MAX_POINT_COUNT } from "./range.ts";
import { readExclude, readInclude } from "./rules.ts";
import type { IncludeRule } from "./rules.ts";

/** What is given beside a sweep file. */
export interface SweepOptions {
  /** `key.path=value`, over everything but the axes. */
  readonly sets: readonly string[];
  /** The files that `extendsOf` names, in that order. */
  readonly extended: readonly ConfigSource[];
  /** What a sweep that does not say its name is called; default: "sweep". */
  readonly name?: string;
}

/**
 * Resolves a sweep file. Of each point: defaults < extends < base < the network's config < sets < axis values.
 * @throws InputError with every fault at once, each at `file:line:col key.path` or `--set key.path`.
 */
export function parseSweep(source: ConfigSource, options: SweepOptions): Sweep {
  const faults = new Faults();
  const root = readYaml(source.text, source.place, faults);
  const read = root && readFrame(root, faults);
  const sweep = read && resolve(read, source.place, options, faults);
  faults.throwIfAny();
  return sweep!;
}

function resolve(read: ReadFrame, file: string, options: SweepOptions, faults: Faults): Sweep {
  const { frame, open } = read;
  const entries = open.axes?.part.entries ?? [];
  const place = open.axes ? `${open.axes.keyPlace} axes` : `${file}:1:1 axes`;
  const networkTurn = entries.findIndex(({ key }) => key === "network");
  if (networkTurn < 0) faults.add(place, "mapping with key network", open.axes ? "no such key" : "nothing");

  const values = networkTurn < 0 ? [] : readNetworks(entries[networkTurn]!, frame.samples, faults);
  const names = values.map(({ network }) => network.name);
  const axes = readAxes(entries, faults);
  const include = readInclude(open.include, names, faults);
  const exclude = readExclude(open.exclude, names, faults);
  refuseMoved(options.sets, axes, include, faults);

  const base = writtenBase(read, options.extended, faults);
  const networks = values.map(({ network, config }) => {
    const written = copyWritten(base);
    if (config) mergeSection(written, config, faults);
    for (const set of options.sets) mergeSet(written, set, faults);
    const { value, isSound } = check(configSchema, configTree(), written, faults);
    return { name: network.name, config: value, places: written.places, isSound };
  });

  const gridCount = axes.reduce((count, axis) => count * axis.patches.length, networks.length);
  if (gridCount > MAX_POINT_COUNT) faults.add(place, `at most ${MAX_POINT_COUNT} points`, String(gridCount));
  // Faulty axes and networks are missing from the points: rules could seem to match nothing for their want.
  const ruleFaults = faults.isEmpty ? faults : new Faults();
  const grid = gridCount > MAX_POINT_COUNT ? [] : product(networks, axes, networkTurn);
  const kept = withoutExcluded(grid, exclude, ruleFaults);
  const added = include.map((rule) => includedPoint(rule, networks, axes));
  const all = withoutRepeats([...kept, ...added], movedLeaves(axes, include));
  if (all.length === 0) ruleFaults.add(place, "points that no exclude rule leaves out", "none");
  if (all.length > MAX_POINT_COUNT) ruleFaults.add(place, `at most ${MAX_POINT_COUNT} points`, String(all.length));
  crossCheck(all, networks, faults);

  return {
    name: frame.name ?? options.name ?? "sweep",
    ...{ seed: frame.seed, schemes: frame.schemes, accuracy: accuracyOf(frame) },
    networks: values.map(({ network }) => network),
    axes: axes.map(({ path, values }) => ({ path, values })),
    points: all.map(({ network, settings, config }) => ({ network, settings, config })),
  };
}

/** What `extends` and `base` say. */
function writtenBase({ open, extended }: ReadFrame, files: readonly ConfigSource[], faults: Faults): Written {
  const written = nothingWritten();
  let fileIndex = 0;
  for (const { value, place } of extended) {
    if (presetNames().includes(value as string)) {
      written.tree["preset"] = value;
      written.places.values.set("preset", place);
      continue;
    }
    const file = files[fileIndex++];
    if (file) mergeYaml(written, file.text, file.place, faults);
    else faults.add(`${place} extends`, "a configuration that was read", JSON.stringify(value));
  }
  if (open.base) mergeSection(written, open.base.part, faults);
  return written;
}

/** A set under an axis would say nothing. */
function refuseMoved(
  sets: readonly string[],
  axes: readonly Axis[],
  include: readonly IncludeRule[],
  faults: Faults,
): void {
  for (const set of sets) {
    const written = nothingWritten();
    mergeSet(written, set, new Faults());
    const setsOne = (moved: readonly Leaf[]): boolean =>
      leavesOf(written.tree).some((leaf) => moved.some(({ dotted }) => overlap(dotted, leaf.dotted)));
    const place = `--set ${setPath(set).join(".")}`;
    if (axes.some(({ leaves }) => setsOne(leaves))) faults.add(place, "a key that no axis moves", "an axis");
    else if (include.some(({ patch }) => setsOne(patch.leaves))) {
      faults.add(place, "a key that no include rule sets", "one");
    }
  }
}

function movedLeaves(axes: readonly Axis[], include: readonly IncludeRule[]): Leaf[] {
  const leaves = [...axes.flatMap((axis) => axis.leaves), ...include.flatMap(({ patch }) => patch.leaves)];
  return [...new Map(leaves.map((leaf) => [leaf.dotted, leaf])).values()];
}

function accuracyOf({ accuracy }: Frame): SweepAccuracy | null {
  if (!accuracy) return null;
  const { samples, ...rest } = accuracy;
  return samples === undefined ? rest : { ...rest, samples };
}
