import { signal } from "@preact/signals";
import { decodeArray, inputError, isZooName, zooWorkload } from "../../index.ts";
import type { ConfigSource, NumericArray, SimulateRequest, Workload } from "../../index.ts";
import { IMAGES, pixelsOf } from "./images.ts";
import { sourceConfig } from "./settings.ts";
import { lookNowhere } from "./view.ts";

/** What is simulated: an example by its name, or files of the user. */
export interface Source {
  readonly name: string;
  readonly note: string;
  readonly config: readonly ConfigSource[];
  readonly samples: number;
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
    ...{ name, note, config: [PIXELS], samples: 20 },
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

function zoo(name: string, note: string): Source {
  return {
    ...{ name, note, config: [], samples: 1 },
    async load() {
      const { workload, source } = zooWorkload(name, 0);
      return { workload, source: { source, sha256: "" } };
    },
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

/** A network of the user, with inputs (an array, or images of one size) or drawn ones, and perhaps labels. */
export function ownFiles(files: readonly File[]): Source {
  const isModel = ({ name }: File): boolean => /\.onnx$/i.test(name);
  const isLabels = ({ name }: File): boolean => /label|idx1/i.test(name);
  const model = files.find(isModel);
  const images = files.filter(({ type }) => type.startsWith("image/"));
  const others = files.filter((file) => !isModel(file) && !images.includes(file));
  const labels = others.find(isLabels);
  const inputs = others.find((file) => file !== labels);
  const array = async (file: File): Promise<NumericArray> =>
    decodeArray(new Uint8Array(await file.arrayBuffer()), file.name);
  return {
    name: files.map(({ name }) => name).join(", "),
    note: "your files stay in this page",
    config: images.length > 0 ? [IMAGES] : [],
    samples: 20,
    async load() {
      if (model === undefined)
        throw inputError("files", "an .onnx file among them", files.map(({ name }) => name).join(", "));
      const bytes = new Uint8Array(await model.arrayBuffer());
      const given = images.length > 0 ? await pixelsOf(images) : inputs && (await array(inputs));
      const workload: Workload = {
        kind: "network",
        name: model.name.replace(/\.onnx$/i, ""),
        model: bytes,
        ...(given === undefined ? { syntheticInputsSeed: 0 } : { inputs: given }),
        ...(labels === undefined ? {} : { labels: await array(labels) }),
      };
      return { workload, source: { source: model.name, sha256: await sha256(bytes) } };
    },
  };
}

export const source = signal<Source>(examples[0]!);

export function choose(next: Source): void {
  source.value = next;
  sourceConfig.value = next.config;
  lookNowhere();
}

/** A source that a shared link may name. */
export function sourceNamed(name: string): Source | undefined {
  return (
    examples.find((example) => example.name === name) ?? (isZooName(name) ? zoo(name, "numbers drawn") : undefined)
  );
}
