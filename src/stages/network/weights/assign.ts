import { permuteAxes } from "../../../model/base/axes.ts";
import { Faults, InputError } from "../../../model/base/errors.ts";
import { matchGlob } from "../../../model/base/glob.ts";
import type { WeightSource } from "../../../model/ir/layer.ts";
import type { IngestedLayer } from "../../../model/ir/report.ts";
import type { NumericArray, TensorFile, WeightsRequest } from "../../../model/ir/request.ts";
import { product, showShape } from "../shape.ts";
import { fillIn } from "./fillIn.ts";
import type { WeightRule } from "./rules.ts";
import { openTensors } from "./tensorFile.ts";
import type { TensorSet } from "./tensorFile.ts";

/** A layer whose weights may be given anew. */
export interface WeightTarget extends Pick<WeightSource, "shape" | "order"> {
  readonly name: string;
  readonly groupCount: number;
  readonly matrixRows: number;
  readonly matrixCols: number;
  /** Its own tensor's name; "" where it has none. */
  readonly tensor: string;
}

/** What a layer is given, in the memory order of the target. */
export interface Assignment<T extends WeightTarget> {
  readonly target: T;
  /** null: the layer keeps its own. */
  readonly weights: NumericArray | null;
  /** 0 or 1 an element; null: all kept. */
  readonly mask: Uint8Array | null;
  readonly from: IngestedLayer;
}

type Role = "weights" | "mask";

/**
 * Finds the tensors that each layer takes, by rules or by name, and brings them to the layer's shape.
 * @throws InputError with every fault: damaged files, names that do not exist, shapes that do not fit, rules for no layer.
 */
export async function assignTensors<T extends WeightTarget>(
  targets: readonly T[],
  { weights, masks, rules: text }: WeightsRequest,
): Promise<Assignment<T>[]> {
  const faults = new Faults();
  // Rules bring libraries for YAML and schemas along: most pages never have any.
  const rules =
    text === undefined ? null : await attempt(faults, async () => (await import("./rules.ts")).parseRules(text));
  const files = { weights: await mergeFiles(weights, faults), mask: await mergeFiles(masks, faults) };
  faults.throwIfAny();
  for (const rule of rules ?? []) {
    if (targets.some(({ name }) => matchGlob(rule.layer, name) !== null)) continue;
    faults.add(`${rule.place} layer`, `a layer (${listed(targets.map(({ name }) => name))})`, rule.layer);
  }
  const found: Assignment<T>[] = [];
  for (const target of targets) {
    const rule = rules?.find(({ layer }) => matchGlob(layer, target.name) !== null) ?? null;
    // With rules, what no rule names stays as it is.
    if (rules !== null && (rule === null || (rule.tensors === null && rule.masks === null))) continue;
    const given = await attempt(faults, () => assignOne(target, rule, files));
    if (given !== undefined && (given.weights !== null || given.mask !== null)) found.push(given);
  }
  faults.throwIfAny();
  for (const [role, option] of [
    ["weights", "--weights-from"],
    ["mask", "--masks"],
  ] as const) {
    if (files[role].size === 0 || found.some(({ from }) => from[role].length > 0)) continue;
    const wanted = listed(targets.flatMap((target) => defaultNames(target, role).slice(0, 1).flat()));
    faults.add(option, `tensors for at least one layer (${wanted})`, listed([...files[role].keys()]));
  }
  faults.throwIfAny();
  return found;
}

interface NamedTensor {
  readonly set: TensorSet;
  readonly place: string;
}

async function mergeFiles(files: readonly TensorFile[], faults: Faults): Promise<Map<string, NamedTensor>> {
  const merged = new Map<string, NamedTensor>();
  for (const file of files) {
    const set = await attempt(faults, async () => openTensors(file));
    for (const name of set?.names ?? []) {
      const other = merged.get(name);
      if (other !== undefined)
        faults.add(file.place, `names that no other file has`, `${name}, also in ${other.place}`);
      else merged.set(name, { set: set!, place: file.place });
    }
  }
  return merged;
}

async function assignOne<T extends WeightTarget>(
  target: T,
  rule: WeightRule | null,
  files: Readonly<Record<Role, ReadonlyMap<string, NamedTensor>>>,
): Promise<Assignment<T>> {
  const transpose = rule?.transpose ?? false;
  const taken: Record<Role, NumericArray[]> = { weights: [], mask: [] };
  for (const role of ["weights", "mask"] as const) {
    for (const name of chooseNames(target, rule, role, files[role])) {
      const array = await files[role].get(name)!.set.read(name);
      taken[role].push(transposed(array, transpose));
    }
  }
  const weights = taken.weights.length === 0 ? null : joined(taken.weights, target);
  const mask = taken.mask.length === 0 ? null : joined(taken.mask, target);
  if (weights !== null) checkFinite(weights, target);
  const placesOf = (arrays: readonly NumericArray[]): string[] => arrays.map(({ place }) => place);
  return {
    target,
    weights,
    mask: mask === null ? null : takeMask(mask),
    from: { layer: target.name, weights: placesOf(taken.weights), mask: placesOf(taken.mask) },
  };
}

/** Tensors of one layer: those that its rule names, else the first of its usual names that exist. */
function chooseNames(
  target: WeightTarget,
  rule: WeightRule | null,
  role: Role,
  tensors: ReadonlyMap<string, NamedTensor>,
): readonly string[] {
  if (tensors.size === 0) return [];
  const written = role === "weights" ? rule?.tensors : rule?.masks;
  if (!rule || !written) return defaultNames(target, role).find((names) => names.every((n) => tensors.has(n))) ?? [];
  const faults = new Faults();
  const names = written.map((name) => fillIn(name, target.name, rule.layer));
  if (names.length !== 1 && names.length !== target.groupCount) {
    const expected = target.groupCount === 1 ? "1" : `1 or ${target.groupCount}`;
    faults.add(`${rule.place} layer ${target.name}`, `${expected} tensors, one or one a group`, String(names.length));
  }
  for (const name of names) {
    if (tensors.has(name)) continue;
    faults.add(`${rule.place} layer ${target.name}`, `a tensor of the files (${listed([...tensors.keys()])})`, name);
  }
  faults.throwIfAny();
  return names;
}

/** Names that a layer's tensor usually has, best first; several: one a group. */
function defaultNames({ name, tensor, groupCount }: WeightTarget, role: Role): string[][] {
  const plain = [...(tensor === "" ? [] : [tensor]), name, `${name}.weight`, `${name}.W`].map((own) => [own]);
  const perGroup = Array.from({ length: groupCount }, (_, group) => `${name}_${group + 1}`);
  const names = groupCount === 1 ? plain : [...plain, perGroup];
  if (role === "weights") return names;
  return ["", "_mask", ".mask"].flatMap((suffix) => names.map((list) => list.map((own) => own + suffix)));
}

function transposed(array: NumericArray, transpose: WeightRule["transpose"]): NumericArray {
  if (transpose === false) return array;
  const axes = transpose === true ? array.shape.map((_, axis) => axis).reverse() : transpose;
  if (axes.length !== array.shape.length) {
    const fault = {
      place: array.place,
      expected: `${axes.length} axes, to be transposed`,
      got: showShape(array.shape),
    };
    throw new InputError(fault);
  }
  return { ...array, ...permuteAxes(array.values, array.shape, axes) };
}

/** One array in the target's memory order: a filter's rows may be flat, and the groups apart. */
function joined(arrays: readonly NumericArray[], target: WeightTarget): NumericArray {
  const { shape, order, groupCount, matrixRows, matrixCols } = target;
  const filterCount = arrays.length === 1 ? groupCount * matrixCols : matrixCols;
  const accepted =
    order === "rows"
      ? [shape]
      : [
          [filterCount, ...shape.slice(1)],
          [filterCount, matrixRows],
        ];
  const faults = new Faults();
  for (const array of arrays) {
    if (accepted.some((fitting) => showShape(fitting) === showShape(array.shape))) continue;
    const expected = [...new Set(accepted.map(showShape))].join(" or ");
    faults.add(array.place, `shape ${expected} for layer ${target.name}`, showShape(array.shape));
  }
  const [first] = arrays as [NumericArray];
  const odd = arrays.find(({ dtype }) => dtype !== first.dtype);
  if (odd !== undefined) faults.add(odd.place, `dtype ${first.dtype}, as ${first.place}`, odd.dtype);
  faults.throwIfAny();
  if (arrays.length === 1) return { ...first, shape };
  const values = new (first.values.constructor as Float32ArrayConstructor)(product(shape));
  arrays.forEach((array, index) => values.set(array.values as Float32Array, index * array.values.length));
  return { ...first, shape, values };
}

function checkFinite({ values, place, dtype }: NumericArray, { name }: WeightTarget): void {
  if (dtype !== "f4" && dtype !== "f8") return;
  const bad = (values as Float32Array).findIndex((value) => !Number.isFinite(value));
  if (bad < 0) return;
  throw new InputError({ place, expected: `finite weights for layer ${name}`, got: `${values[bad]} at index ${bad}` });
}

function takeMask({ values, place }: NumericArray): Uint8Array {
  const mask = new Uint8Array(values.length);
  for (let i = 0; i < mask.length; i++) {
    const value = Number(values[i]!);
    if (value !== 0 && value !== 1)
      throw new InputError({ place, expected: "a mask of 0 and 1", got: `${value} at index ${i}` });
    mask[i] = value;
  }
  return mask;
}

async function attempt<R>(faults: Faults, work: () => Promise<R>): Promise<R | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    error.faults.forEach((fault) => faults.add(fault.place, fault.expected, fault.got));
    return undefined;
  }
}

/** At most a line's worth of names. */
function listed(names: readonly string[]): string {
  if (names.length === 0) return "none";
  return names.length <= 8 ? names.join(", ") : `${names.slice(0, 8).join(", ")}, … ${names.length - 8} more`;
}
