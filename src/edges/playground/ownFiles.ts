import { decodeArray, inputError } from "../../index.ts";
import type { NetworkWorkload, NumericArray } from "../../index.ts";
import { FaultGatherer } from "../faults.ts";
import { decodeImages, pixelsOf } from "./images.ts";
import type { Colours, Images } from "./images.ts";

/** What files of the user are taken as. */
export interface OwnFiles {
  readonly network: NetworkFile;
  /** Drawn where there are none. */
  readonly inputs: NumericArray | Images | null;
  /** What the network takes of images. */
  readonly colours: Colours;
  readonly labels: NumericArray | null;
}
interface NetworkFile {
  readonly place: string;
  readonly bytes: Uint8Array;
}

/**
 * Takes files by what is in them: a network starts anew, others join the one that is there. Inputs are an array or
 * images; an array of one axis is labels.
 * @throws InputError with every file that is of no use.
 */
export async function takeFiles(files: readonly File[], before: OwnFiles | null): Promise<OwnFiles> {
  const faults = new FaultGatherer();
  const all = async <F, T>(from: readonly F[], read: (one: F) => Promise<T>): Promise<T[]> =>
    (await Promise.all(from.map((one) => faults.attempt(() => read(one))))).filter((found) => found !== undefined);
  const pictures = files.filter(isImage);
  const networks = await all(files.filter(isNetwork), readNetwork);
  const images = await all(pictures.length > 0 ? [pictures] : [], decodeImages);
  const arrays = await all(
    files.filter((file) => !isNetwork(file) && !isImage(file)),
    readArray,
  );
  const inputs = [...images, ...arrays.filter((array) => !isLabels(array))];
  const labels = arrays.filter(isLabels);
  const found = { "a second network": networks, "second inputs": inputs, "second labels": labels };
  for (const [what, own] of Object.entries(found))
    for (const { place } of own.slice(1)) faults.add(place, "one network, its inputs and their labels", what);
  faults.throwIfAny();
  const kept = networks.length > 0 ? null : before;
  const network = networks[0] ?? kept?.network;
  if (network === undefined)
    throw inputError("files", "an .onnx file among them", files.map(({ name }) => name).join(", "));
  // Labels of other inputs would be wrong ones.
  const isOther = inputs.length > 0 && kept !== null && kept.inputs !== null;
  return {
    network,
    inputs: inputs[0] ?? kept?.inputs ?? null,
    colours: kept?.colours ?? "RGB",
    labels: labels[0] ?? (isOther ? null : (kept?.labels ?? null)),
  };
}

/** @throws InputError for labels of inputs that are not there. */
export function workloadOf({ network, inputs, colours, labels }: OwnFiles): NetworkWorkload {
  if (labels !== null && inputs === null)
    throw inputError(labels.place, "the inputs of these labels beside them", "none");
  return {
    kind: "network",
    name: network.place.replace(/\.onnx$/i, ""),
    model: network.bytes,
    ...(inputs === null
      ? { syntheticInputsSeed: 0 }
      : { inputs: isImages(inputs) ? pixelsOf(inputs, colours) : inputs }),
    ...(labels === null ? {} : { labels }),
  };
}

export function isImages(inputs: OwnFiles["inputs"]): inputs is Images {
  return inputs !== null && "rgba" in inputs;
}

/** In words, for the one who gave them. */
export function describe({ inputs, labels }: OwnFiles): string {
  const given = inputs === null ? "inputs drawn" : `inputs ${inputs.place}`;
  return `${given}${labels === null ? "" : `, labels ${labels.place}`}; your files stay in this page`;
}

function isNetwork({ name }: File): boolean {
  return /\.onnx$/i.test(name);
}
function isImage({ type }: File): boolean {
  return type.startsWith("image/");
}
function isLabels({ shape }: NumericArray): boolean {
  return shape.length === 1;
}

async function readNetwork(file: File): Promise<NetworkFile> {
  return { place: file.name, bytes: await bytesOf(file) };
}

async function readArray(file: File): Promise<NumericArray> {
  return decodeArray(await bytesOf(file), file.name);
}

async function bytesOf(file: File): Promise<Uint8Array> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (error) {
    // A folder, for one.
    throw inputError(
      file.name,
      "a file that can be read",
      error instanceof Error ? error.message : String(error),
      error,
    );
  }
}
