import * as z from "zod/mini";
import type { Faults } from "../../base/errors.ts";
import type { SweepNetwork } from "../../ir/sweep.ts";
import { check } from "../check.ts";
import { show } from "../../base/show.ts";
import { SchemaKeys } from "../schemaKeys.ts";
import type { SchemaNode } from "../schemaKeys.ts";
import { integer, nonEmptyList, optionalKey, text } from "../schemaParts.ts";
import { nothingWritten, recordPlaces } from "../tree.ts";
import { emptyTree, entryOf, isTree } from "../yamlText.ts";
import type { Entry, Part } from "../yamlText.ts";

const texts = z.union([text, nonEmptyList(text)]);

/** One network of the axis. Strict; which keys go together is checked beside it. */
export const networkSchema = z.strictObject({
  name: optionalKey(text, "what tables and rules call it (default: zoo:NAME, or the file without extension)"),
  input: optionalKey(text, "ONNX file or zoo:NAME"),
  inputs: optionalKey(text, "network inputs: .npy, x.npz:name or IDX"),
  labels: optionalKey(text, "labels, integers"),
  calibration: optionalKey(text, "inputs that set the activation ranges (default: inputs)"),
  weights: optionalKey(text, "matrix workload: weights, in place of input"),
  activations: optionalKey(text, "matrix workload: activations"),
  transpose: optionalKey(z.boolean(), "matrix workload: the weights are [N, K], one row a filter"),
  syntheticInputs: optionalKey(integer(0), "seed of random inputs, in place of inputs"),
  weightsFrom: optionalKey(texts, "files of weights in place of the network's"),
  masks: optionalKey(texts, "files of 0/1 masks over the network's weights"),
  map: optionalKey(text, "rules that say which layer takes which tensor"),
  samples: optionalKey(integer(1), "use the first n samples"),
  layers: optionalKey(texts, "patterns of the names of layers to simulate, * for any characters"),
  config: optionalKey(z.unknown(), "configuration of this network, over base"),
});

type NetworkKeys = z.output<typeof networkSchema>;

/** A network of the axis and its own configuration keys. */
export interface NetworkValue {
  readonly network: SweepNetwork;
  readonly config: Part | undefined;
}

let tree: SchemaKeys | undefined;

/** Reads the axis `network`. `samples`: of a network that does not say its own. */
export function readNetworks(entry: Entry, samples: number | undefined, faults: Faults): NetworkValue[] {
  const { part } = entry;
  if (!Array.isArray(part.value) || part.items.length === 0) {
    faults.add(`${part.place} axes.network`, "list of networks", show(part.value));
    return [];
  }
  const found = part.items.map((item, index) => readNetwork(item, index, samples, faults));
  const names = found.map((value) => value?.network.name);
  part.items.forEach((item, index) => {
    const name = names[index];
    if (name === undefined || names.indexOf(name) === index) return;
    const place = entryOf(item, "name")?.part.place ?? item.place;
    faults.add(`${place} axes.network.${index}.name`, "names that differ", `"${name}" twice`);
  });
  return found.filter((value) => value !== undefined);
}

function readNetwork(item: Part, index: number, samples: number | undefined, faults: Faults): NetworkValue | undefined {
  tree ??= new SchemaKeys(z.toJSONSchema(networkSchema, { io: "input" }) as SchemaNode);
  const path = `axes.network.${index}`;
  const written = nothingWritten();
  if (typeof item.value === "string") written.tree["input"] = item.value;
  else if (!isTree(item.value)) {
    faults.add(`${item.place} ${path}`, "zoo:NAME, or mapping with input or weights", show(item.value));
    return undefined;
  } else {
    Object.assign(written.tree, item.value);
    const entries = item.entries.filter(({ key }) => key !== "config");
    recordPlaces(written.places, [], item.place, { ...item, value: emptyTree(), entries });
  }
  if (typeof item.value === "string") recordPlaces(written.places, ["input"], item.place, item);
  const { value, isSound } = check(networkSchema, tree, written, faults, `${path}.`);
  if ((Object.keys(written.tree) as (keyof NetworkKeys)[]).every(isSound)) {
    checkTogether(value, (key) => `${written.places.values.get(key) ?? item.place} ${path}.${key}`, faults);
    if (value.input === undefined && value.weights === undefined) {
      faults.add(`${item.place} ${path}`, "input or weights", "neither");
    }
  }
  const { name = nameOf(value.input ?? value.weights), config: _, weightsFrom, masks, layers, ...rest } = value;
  if (name === undefined) return undefined;
  const lists = Object.entries({ weightsFrom, masks, layers }).flatMap(([key, list]) =>
    list === undefined ? [] : [[key, typeof list === "string" ? [list] : list] as const],
  );
  const shared = samples === undefined ? {} : { samples };
  const network = { name, ...shared, ...rest, ...Object.fromEntries(lists) } as SweepNetwork;
  return { network, config: entryOf(item, "config")?.part };
}

const OF_NETWORK = ["inputs", "labels", "calibration", "syntheticInputs"] as const;

/** Faults of keys that do not go together, as far as they show without reading a file. */
function checkTogether(value: NetworkKeys, placeOf: (key: string) => string, faults: Faults): void {
  const refuse = (keys: readonly (keyof NetworkKeys)[], beside: string): void => {
    for (const key of keys)
      if (value[key] !== undefined) faults.add(placeOf(key), `no such key beside ${beside}`, show(value[key]));
  };
  const need = (key: keyof NetworkKeys, others: readonly (keyof NetworkKeys)[]): void => {
    if (value[key] === undefined || others.some((other) => value[other] !== undefined)) return;
    faults.add(placeOf(key), `${others.join(" or ")} beside it`, "nothing");
  };
  need("activations", ["weights"]);
  need("transpose", ["weights"]);
  need("map", ["weightsFrom", "masks"]);
  if (value.weights !== undefined) {
    refuse(["input", ...OF_NETWORK, "weightsFrom", "masks", "map", "layers"], "weights");
    need("weights", ["activations"]);
  } else if (value.input?.startsWith("zoo:")) refuse(OF_NETWORK, "zoo:NAME");
  else if (value.input !== undefined) {
    need("input", ["inputs", "syntheticInputs"]);
    if (value.inputs !== undefined) refuse(["syntheticInputs"], "inputs");
  }
}

/** zoo:NAME as it is; of a file, or a member of one, its name without folder and extension. */
function nameOf(path: string | undefined): string | undefined {
  if (path === undefined || path.startsWith("zoo:")) return path;
  const [file = path] = path.split(/(?<=\.(?:npz|safetensors)):/i);
  const base = file.split(/[\\/]/).at(-1) ?? file;
  return base.replace(/(?<=.)\.[^.]*$/, "");
}
