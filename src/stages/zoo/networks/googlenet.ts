import type { ZooNetwork } from "../../../model/ir/zoo.ts";
import { LayerTable } from "../layerTable.ts";
import { AVERAGE_DENSITY, AVERAGE_SOURCE, denseVariant, evenInputs, zeroPercents } from "../sparsity.ts";

/** Filters of an inception module: 1x1 · 3x3 reduce, 3x3 · 5x5 reduce, 5x5 · pool projection. */
const MODULES: Readonly<Record<string, readonly [number, number, number, number, number, number]>> = {
  "3a": [64, 96, 128, 16, 32, 32],
  "3b": [128, 128, 192, 32, 96, 64],
  "4a": [192, 96, 208, 16, 48, 64],
  "4b": [160, 112, 224, 24, 64, 64],
  "4c": [128, 128, 256, 24, 64, 64],
  "4d": [112, 144, 288, 32, 64, 64],
  "4e": [256, 160, 320, 32, 128, 128],
  "5a": [256, 160, 320, 32, 128, 128],
  "5b": [384, 192, 384, 48, 128, 128],
};

const table = new LayerTable(3, 224)
  .conv("conv1/7x7_s2", 64, 7, { stride: 2, pad: 3 })
  .pool(3, 2)
  .conv("conv2/3x3_reduce", 64, 1)
  .conv("conv2/3x3", 192, 3, { pad: 1 })
  .pool(3, 2);
for (const [module, [one, reduce3, three, reduce5, five, projection]] of Object.entries(MODULES)) {
  const name = `inception_${module}`;
  if (module === "4a" || module === "5a") table.pool(3, 2);
  table
    .branch((b) => b.conv(`${name}/1x1`, one, 1))
    .branch((b) => b.conv(`${name}/3x3_reduce`, reduce3, 1).conv(`${name}/3x3`, three, 3, { pad: 1 }))
    .branch((b) => b.conv(`${name}/5x5_reduce`, reduce5, 1).conv(`${name}/5x5`, five, 5, { pad: 2 }))
    .branch((b) => b.conv(`${name}/pool_proj`, projection, 1))
    .concat(one + three + five + projection);
}
const { layers } = table.globalPool().dense("loss3/classifier", 1000);
const modules = Object.keys(MODULES);

export const googlenet: ZooNetwork = {
  name: "googlenet",
  text: "GoogLeNet as in BVLC/caffe, without the auxiliary classifiers, 224x224",
  layers,
  inputs: evenInputs(layers, AVERAGE_DENSITY),
  inputSource: AVERAGE_SOURCE,
  variants: [
    {
      name: "gsl",
      source: "Park et al., ICLR 2017 (SkimCaffe), 68.66 % top-1; conv1 and 1x1 layers not pruned",
      sparsity: {
        ...zeroPercents(
          ["conv2/3x3", ...modules.map((module) => `inception_${module}/3x3`)],
          [81.65, 90.09, 90.47, 87.97, 96.11, 94.9, 92.41, 98.7, 96.24, 94.95],
        ),
        ...zeroPercents(
          modules.map((module) => `inception_${module}/5x5`),
          [84.56, 88.55, 83.76, 87.4, 88.01, 90.39, 94.42, 93.4, 94.87],
        ),
        "loss3/classifier": { zeroRatio: 0.9065 },
      },
    },
    denseVariant(),
  ],
};
