import { existsSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inputError, zooWorkload } from "../../index.ts";
import type { NetworkWorkload, Subject, TensorFile, WeightsRequest } from "../../index.ts";
import { InputFiles } from "../files/readFiles.ts";

/** The bundled networks lie beside dist/. */
const examples = fileURLToPath(new URL("../examples/", import.meta.url));

const HALF_PIXEL = "input: { scale: 0.00390625 }";

/**
 * Networks of the evaluation: the bundled ones (real weights and inputs), those that a data folder holds (the released
 * SSL weights, SqueezeNet), and drawn ones of the zoo. @throws InputError for a file that is there and cannot be read,
 * and for a data folder that adds nothing.
 */
export async function findSubjects(data: string | undefined, samples: number, seed: number): Promise<Subject[]> {
  const files = new InputFiles();
  const bundled = [
    await bundledNetwork(files, samples, {
      ...{ name: "LeNet-5 (SSL)", folder: "lenet5", model: "lenet5-ssl.onnx", images: "digits.idx3" },
      note: "trained for this project with group lasso, 99.1 % on MNIST; MNIST test digits",
    }),
    await bundledNetwork(files, samples, {
      ...{
        name: "ConvNet CIFAR-10 (SSL)",
        folder: "convnet-cifar10",
        model: "convnet-cifar10-ssl.onnx",
        images: "images.idx4",
      },
      note: "trained for this project with group lasso, 78.5 % on CIFAR-10; CIFAR-10 test images",
    }),
  ];
  const given =
    data === undefined ? [] : [...(await releasedSsl(files, data, seed)), ...(await squeezeNet(files, data))];
  if (data !== undefined && given.length === 0)
    throw inputError(
      `--data ${data}`,
      "a folder with ssl-caffenet, ssl-lenet, or models and datasets",
      existsSync(data) ? "none of them in it" : "no such folder",
    );
  const hasCaffenet = given.some(({ name }) => name.startsWith("CaffeNet (SSL"));
  const drawn = [
    ...(hasCaffenet ? [] : [zoo("CaffeNet (SSL sparsities)", "zoo:caffenet@ssl", "structured", seed)]),
    zoo("CaffeNet (GSL)", "zoo:caffenet@gsl", "unstructured", seed),
    zoo("GoogLeNet (GSL)", "zoo:googlenet@gsl", "unstructured", seed),
    zoo("ResNet-50 (GSL)", "zoo:resnet50@gsl", "unstructured", seed),
    zoo("VGG-16 (Deep Compression)", "zoo:vgg16@deep-compression", "unstructured", seed),
  ];
  return [...bundled, ...given, ...drawn];
}

interface BundledNetwork {
  readonly name: string;
  readonly folder: string;
  readonly model: string;
  readonly images: string;
  readonly note: string;
}

async function bundledNetwork(
  files: InputFiles,
  samples: number,
  { name, folder, model, images, note }: BundledNetwork,
): Promise<Subject> {
  const path = (file: string): string => join(examples, folder, file);
  const workload = await network(files, name, path(model), path(images), path("labels.idx1"));
  const given = workload.inputs!.shape[0]!;
  return {
    ...{ name, pruning: "structured", weights: "real", inputs: "real", note, workload },
    source: { source: model, sha256: sha256(workload.model) },
    config: [{ text: HALF_PIXEL, place: name }],
    samples: Math.min(samples, given),
  };
}

async function network(
  files: InputFiles,
  name: string,
  model: string,
  inputs: string,
  labels?: string,
): Promise<NetworkWorkload> {
  return {
    kind: "network",
    name,
    model: await files.bytes("model", model),
    inputs: await files.array("inputs", inputs),
    ...(labels === undefined ? {} : { labels: await files.array("labels", labels) }),
  };
}

/** The released SSL weights in shapes of the zoo, with inputs drawn at published densities. */
async function releasedSsl(files: InputFiles, data: string, seed: number): Promise<Subject[]> {
  const released = [
    {
      ...{ name: "CaffeNet (SSL, released)", zoo: "zoo:caffenet@ssl", folder: "ssl-caffenet" },
      tensors: {
        conv1: ["conv1"],
        conv2: ["conv2_1", "conv2_2"],
        conv3: ["conv3"],
        conv4: ["conv4_1", "conv4_2"],
        conv5: ["conv5_1", "conv5_2"],
      },
      note: "convolutions: released SSL weights (0.54214); fully connected layers dense and drawn; inputs drawn",
    },
    {
      ...{ name: "LeNet-5 (SSL, released)", zoo: "zoo:lenet5@ssl", folder: "ssl-lenet" },
      tensors: { conv1: ["conv1"], conv2: ["conv2"] },
      note: "convolutions: released SSL weights (0.9846); fully connected layers and inputs drawn",
    },
  ];
  const subjects: Subject[] = [];
  for (const { name, zoo: text, folder, tensors, note } of released) {
    const dir = join(data, folder);
    if (!existsSync(dir)) continue;
    const weightsFrom = await tensorFiles(files, dir, tensors);
    const { workload, source } = zooWorkload(text, seed);
    subjects.push({
      ...{ name, pruning: "structured", weights: "real", inputs: "drawn", note, samples: 1, config: [] },
      workload: { ...workload, weightsFrom },
      source: { source: `${source} with ${folder}`, sha256: sha256(source) },
    });
  }
  return subjects;
}

/** MatrixMarket files of one layer each, or of one group each; layers that have none keep what was drawn. */
async function tensorFiles(
  files: InputFiles,
  dir: string,
  tensors: Readonly<Record<string, readonly string[]>>,
): Promise<WeightsRequest> {
  const weights: TensorFile[] = [];
  for (const name of Object.values(tensors).flat()) {
    const place = join(dir, `${name}.mtx`);
    weights.push({ place, bytes: await files.bytes("weights", place) });
  }
  const rules = Object.entries(tensors).map(([layer, names]) => ({ layer, tensor: names }));
  const text = JSON.stringify({ schema: 1, rules: [...rules, { layer: "*", keep: true }] });
  return { weights, masks: [], rules: { text, place: "rules" } };
}

/** SqueezeNet 1.0 pruned by Deep Compression, on photographs. */
async function squeezeNet(files: InputFiles, data: string): Promise<Subject[]> {
  const model = join(data, "models/squeezenet1.0-imagenet-pruned.onnx");
  const photos = join(data, "datasets/photos-227.idx4");
  if (!existsSync(model) || !existsSync(photos)) return [];
  const name = "SqueezeNet (Deep Compression)";
  const workload = await network(files, name, model, photos);
  return [
    {
      ...{ name, pruning: "unstructured", weights: "real", inputs: "real", workload, samples: 2 },
      note: "pruned by Deep Compression; photographs of 227 x 227 pixels",
      source: { source: "squeezenet1.0-imagenet-pruned.onnx", sha256: sha256(workload.model) },
      config: [{ text: "input: { mean: [104, 117, 123], layout: nhwc, channels: reversed }", place: name }],
    },
  ];
}

function zoo(name: string, text: string, pruning: Subject["pruning"], seed: number): Subject {
  const { workload, source } = zooWorkload(text, seed);
  return {
    ...{ name, pruning, weights: "drawn", inputs: "drawn", workload, samples: 1, config: [] },
    note: `${text}: drawn at published sparsities`,
    source: { source, sha256: sha256(source) },
  };
}

function sha256(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}
