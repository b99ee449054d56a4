import type { ZooNetwork } from "../../../model/ir/zoo.ts";
import { LayerTable } from "../layerTable.ts";
import { AVERAGE_DENSITY, AVERAGE_SOURCE, denseVariant, evenInputs, zeroPercents } from "../sparsity.ts";

/** Bottleneck blocks of each stage; stage s works on 64·2^s channels and puts out four times as many. */
const BLOCK_COUNTS = [3, 4, 6, 3] as const;

const blocks = BLOCK_COUNTS.flatMap((count, stage) =>
  Array.from({ length: count }, (_, block) => ({
    name: `res${stage + 2}${"abcdef"[block]}`,
    stage,
    first: block === 0,
  })),
);

const table = new LayerTable(3, 224).conv("conv1", 64, 7, { stride: 2, pad: 3 }).pool(3, 2);
for (const { name, stage, first } of blocks) {
  const width = 64 * 2 ** stage;
  const stride = first && stage > 0 ? 2 : 1;
  if (first) table.branch((b) => b.conv(`${name}_branch1`, 4 * width, 1, { stride }));
  table
    .conv(`${name}_branch2a`, width, 1, { stride })
    .conv(`${name}_branch2b`, width, 3, { pad: 1 })
    .conv(`${name}_branch2c`, 4 * width, 1);
}
const { layers } = table.globalPool().dense("fc1000", 1000);

export const resnet50: ZooNetwork = {
  name: "resnet50",
  text: "ResNet-50 as in KaimingHe/deep-residual-networks, 224x224",
  layers,
  inputs: evenInputs(layers, AVERAGE_DENSITY),
  inputSource: AVERAGE_SOURCE,
  variants: [
    {
      name: "gsl",
      source:
        "Park et al., ICLR 2017 (SkimCaffe), 72.84 % top-1; conv1 and 1x1 layers (0.2 to 1.8 % zeros) taken dense",
      sparsity: zeroPercents(
        [...blocks.map(({ name }) => `${name}_branch2b`), "fc1000"],
        [
          88.0, 83.97, 80.79, 91.76, 91.91, 95.5, 91.13, 96.55, 97.47, 97.15, 96.76, 96.84, 96.84, 97.78, 98.03, 97.92,
          91.51,
        ],
      ),
    },
    denseVariant(),
  ],
};
