import { batch, signal } from "@preact/signals";
import { InputError, decodeArray, inputError, isZooName, zooWorkload } from "../../index.ts";
import type { ConfigSource, Fault, NumericArray, SimulateRequest, Workload } from "../../index.ts";
import { IMAGES } from "./images.ts";
import { describe, isImages, takeFiles, workloadOf } from "./ownFiles.ts";
import type { OwnFiles } from "./ownFiles.ts";
import { sourceConfig } from "./settings.ts";
import { lookNowhere } from "./view.ts";

/** What is simulated: an example by its name, or files of the user. */
export interface Source {
  readonly name: string;
  readonly note: string;
  readonly config: readonly ConfigSource[];
  readonly samples: number;
  /** null for what a link can name. */
  readonly own: OwnFiles | null;
  load(): Promise<Pick<SimulateRequest, "source"> & { readonly workload: Workload }>;
}

const PIXELS: ConfigSource = { text: "input: { scale: 0.00390625 }", place: "example" };

async function fetched(path: string): Promise<Uint8Array> {
  const response = await fetch(new URL(path, document.baseURI));
  if (!response.ok) throw inputError(path, "a file of the playground", `status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function sha256(bytes: Uint8Array): Promise<string> {
  // Pages that are not served safely have no digests.
  if (globalThis.crypto?.subtle === undefined) return "";
  const digest = await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>);
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function bundled(name: string, note: string, folder: string, model: string, images: string): Source {
  return {
    ...{ name, note, config: [PIXELS], samples: 20, own: null },
    async load() {
      const bytes = await fetched(`examples/${folder}/${model}`);
      const array = async (file: string): Promise<NumericArray> =>
        decodeArray(await fetched(`examples/${folder}/${file}`), file);
      const [inputs, labels] = [await array(images), await array("labels.idx1")];
      const workload: Workload = { kind: "network", name, model: bytes, inputs, labels };
      return { workload, source: { source: model, sha256: await sha256(bytes) } };
    },
  };
}

/** @throws InputError when the zoo has no such network. */
function zoo(name: string, note: string): Source {
  const { workload, source } = zooWorkload(name, 0);
  return {
    ...{ name, note, config: [], samples: 1, own: null },
    load: async () => ({ workload, source: { source, sha256: "" } }),
  };
}

export const examples: readonly Source[] = [
  bundled(
    "lenet5",
    "pruned LeNet-5, MNIST digits: real weights and inputs",
    "lenet5",
    "lenet5-ssl.onnx",
    "digits.idx3",
  ),
  bundled("lenet5-dense", "the same before pruning", "lenet5", "lenet5-dense.onnx", "digits.idx3"),
  zoo("zoo:lenet5@ssl", "shapes of LeNet-5, numbers drawn"),
  zoo("zoo:caffenet@gsl", "shapes of CaffeNet, numbers drawn; some seconds"),
  zoo("zoo:resnet50@gsl", "shapes of ResNet-50, numbers drawn; some seconds"),
];

/** A network of the user, and what came with it. */
export function sourceOf(own: OwnFiles): Source {
  const { place, bytes } = own.network;
  return {
    name: place,
    note: describe(own),
    config: isImages(own.inputs) ? [IMAGES] : [],
    samples: 20,
    own,
    load: async () => ({ workload: workloadOf(own), source: { source: place, sha256: await sha256(bytes) } }),
  };
}

export const source = signal<Source>(examples[0]!);
/** What is wrong with the files or the link that came last. */
export const sourceFaults = signal<readonly Fault[]>([]);
/** Files that are being read. */
export const isReading = signal(false);

export function choose(next: Source): void {
  batch(() => {
    source.value = next;
    sourceConfig.value = next.config;
    sourceFaults.value = [];
    lookNowhere();
  });
}

let reading: Promise<void> = Promise.resolve();

/** Takes files of the user, one heap after the other; what is chosen stays where they are at fault. */
export function give(files: readonly File[]): void {
  isReading.value = true;
  const own = (reading = reading.then(() => take(files)));
  void own.finally(() => void (own === reading && (isReading.value = false)));
}

async function take(files: readonly File[]): Promise<void> {
  const before = source.value;
  try {
    const own = await takeFiles(files, before.own);
    // Somebody may have chosen an example meanwhile.
    if (source.value === before) choose(sourceOf(own));
  } catch (error) {
    sourceFaults.value =
      error instanceof InputError ? error.faults : [{ place: "files", expected: "to be read", got: String(error) }];
  }
}

/** What a link names. @throws InputError when there is no such thing. */
export function sourceNamed(name: string): Source {
  const example = examples.find((known) => known.name === name);
  if (example !== undefined) return example;
  if (isZooName(name)) return zoo(name, "numbers drawn");
  throw inputError("source", `one of ${examples.map((known) => known.name).join(", ")}, or zoo:NAME`, name);
}
