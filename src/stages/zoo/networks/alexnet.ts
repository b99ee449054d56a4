import type { ZooLayer, ZooNetwork } from "../../../model/ir/zoo.ts";
import { LayerTable } from "../layerTable.ts";
import { denseVariant, keptPercents, rectifiedInputs, zeroPercents } from "../sparsity.ts";

/** AlexNet and CaffeNet differ in where they normalise and pool, not in a matrix layer. */
function alexnetLayers(): ZooLayer[] {
  return new LayerTable(3, 227)
    .conv("conv1", 96, 11, { stride: 4 })
    .pool(3, 2)
    .conv("conv2", 256, 5, { pad: 2, groups: 2 })
    .pool(3, 2)
    .conv("conv3", 384, 3, { pad: 1 })
    .conv("conv4", 384, 3, { pad: 1, groups: 2 })
    .conv("conv5", 256, 3, { pad: 1, groups: 2 })
    .pool(3, 2)
    .dense("fc6", 4096)
    .dense("fc7", 4096)
    .dense("fc8", 1000).layers;
}

const layers = alexnetLayers();
const names = layers.map(({ name }) => name);
const inputs = rectifiedInputs(100, [88, 52, 37, 40, 34, 36, 40]);

export const alexnet: ZooNetwork = {
  name: "alexnet",
  text: "AlexNet as in BVLC/caffe, 227x227",
  layers,
  inputs,
  inputSource: "Han et al., NIPS 2015",
  variants: [
    {
      name: "deep-compression",
      source: "Han et al., NIPS 2015, weights kept",
      sparsity: keptPercents(names, [84, 38, 35, 37, 37, 9, 9, 25]),
    },
    denseVariant(),
  ],
};

const gsl = zeroPercents(names, [0.2, 85.65, 93.1, 91.81, 88.49, 90.28, 84.37, 73.82]);

export const caffenet: ZooNetwork = {
  name: "caffenet",
  text: "CaffeNet, BVLC's reference network, 227x227",
  layers,
  inputs,
  inputSource: "Han et al., NIPS 2015, AlexNet; estimate",
  variants: [
    {
      name: "ssl",
      source: "Wen et al., NIPS 2016, measured on the released weights 0.54214; fully connected layers not pruned",
      sparsity: {
        conv1: { zeroRatio: 0.348, zeroColRatio: 0.0938 },
        conv2: { zeroRatio: 0.84, zeroRowRatios: [0.5117, 0.7525], zeroColRatio: 0.1211 },
        conv3: { zeroRatio: 0.9416, zeroRowRatios: [0.7691], zeroColRatio: 0.4062 },
        conv4: { zeroRatio: 0.9587, zeroRowRatios: [0.9057, 0.7876], zeroColRatio: 0.4609 },
        conv5: { zeroRatio: 0.8807, zeroRowRatios: [0.8727, 0.7413] },
      },
    },
    {
      name: "gsl",
      source: "Park et al., ICLR 2017 (SkimCaffe), 57.48 % top-1",
      sparsity: {
        ...gsl,
        conv2: { ...gsl["conv2"]!, zeroColRatio: 0.02 },
        conv3: { ...gsl["conv3"]!, zeroRowRatios: [0.026], zeroColRatio: 0.016 },
        conv4: { ...gsl["conv4"]!, zeroColRatio: 0.003 },
      },
    },
    denseVariant(),
  ],
};
