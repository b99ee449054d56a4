import { readFile } from "node:fs/promises";
import type { Kernels } from "../bindings/kernels.ts";
import { decodeArray, parseConfig } from "../src/index.ts";
import { openNetwork } from "../src/stages/network/index.ts";
import { inputBatch } from "../src/stages/network/preprocess.ts";
import { chooseFormat, emptyRange, quantizeActivations, widenRange } from "../src/stages/quantize/activations.ts";
import { quantizeLayer } from "../src/stages/quantize/quantizeLayer.ts";
import { windowsOf } from "../src/stages/simulate/windows.ts";
import { layerCases, prepareCase, prepareLayer } from "./inputs.ts";
import type { PreparedCase } from "./inputs.ts";

/** Seeded layers at three densities, and a recorded one: conv2 of the bundled LeNet-5 on 20 digits. */
export async function countingCases(kernels: Kernels): Promise<PreparedCase[]> {
  return [...layerCases.map((layer) => prepareCase(layer, kernels)), await recordedCase(kernels)];
}

async function recordedCase(kernels: Kernels): Promise<PreparedCase> {
  const read = async (name: string): Promise<Uint8Array> =>
    new Uint8Array(await readFile(new URL(`../examples/lenet5/${name}`, import.meta.url)));
  const config = parseConfig([{ text: "input: { scale: 0.00390625 }", place: "bench" }], []);
  const network = await openNetwork({ name: "lenet5", model: await read("lenet5-ssl.onnx") }, { batchNorm: "fold" });
  try {
    const digits = decodeArray(await read("digits.idx3"), "digits.idx3");
    const { activations } = await network.infer(inputBatch(digits, 0, 20, network.input, config));
    const layer = network.layers[1]!;
    const tensor = activations.get(layer.inputTensor)!;
    const format = chooseFormat(widenRange(emptyRange, tensor.values, "bench", kernels), config, "bench");
    const entry = quantizeLayer(layer, format, config, kernels)[0]!;
    const codes = quantizeActivations(tensor.values, format, kernels);
    const source = windowsOf(entry, { codes, shape: tensor.shape });
    return prepareLayer("recorded: LeNet-5 conv2", config, source, format, entry.matrices[0]!, kernels);
  } finally {
    await network.dispose();
  }
}
