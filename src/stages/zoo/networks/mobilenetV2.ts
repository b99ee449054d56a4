import type { InputTraits, ZooLayer, ZooNetwork } from "../../../model/ir/zoo.ts";
import { LayerTable } from "../layerTable.ts";
import { AVERAGE_DENSITY, AVERAGE_SOURCE, denseVariant } from "../sparsity.ts";

/** Stages of inverted residuals: expansion factor, output channels, blocks, stride of the first block. */
const STAGES = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

const table = new LayerTable(3, 224).conv("conv1", 32, 3, { stride: 2, pad: 1 });
let channelCount = 32;
let block = 0;
for (const [expansion, outputCount, blockCount, firstStride] of STAGES) {
  for (let index = 0; index < blockCount; index++) {
    const name = `block${++block}`;
    const width = channelCount * expansion;
    if (expansion > 1) table.conv(`${name}.expand`, width, 1);
    table
      .conv(`${name}.depthwise`, width, 3, { pad: 1, stride: index === 0 ? firstStride : 1, groups: width })
      .conv(`${name}.project`, outputCount, 1);
    channelCount = outputCount;
  }
}
const { layers } = table.conv("conv2", 1280, 1).globalPool().dense("fc", 1000);

/** Blocks are joined without a rectifier (linear bottlenecks), so what expands them has both signs. */
function inputOf({ name, op }: ZooLayer): InputTraits {
  if (name === "conv1") return { kind: "image", density: 1 };
  if (op === "Gemm") return { kind: "rectified", density: 1 };
  if (name === "conv2" || name.endsWith(".expand")) return { kind: "signed", density: 1 };
  return { kind: "rectified", density: AVERAGE_DENSITY };
}

export const mobilenetV2: ZooNetwork = {
  name: "mobilenetv2",
  text: "MobileNetV2 of Sandler et al. (CVPR 2018), width 1.0, 224x224",
  layers,
  inputs: layers.map(inputOf),
  inputSource: `${AVERAGE_SOURCE}; bottlenecks dense with both signs`,
  variants: [denseVariant("no sparsity published")],
};
