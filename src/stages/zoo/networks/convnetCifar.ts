import type { ZooNetwork } from "../../../model/ir/zoo.ts";
import { LayerTable } from "../layerTable.ts";
import { denseVariant, rectifiedInputs } from "../sparsity.ts";

const { layers } = new LayerTable(3, 32)
  .conv("conv1", 32, 5, { pad: 2 })
  .pool(3, 2)
  .conv("conv2", 32, 5, { pad: 2 })
  .pool(3, 2)
  .conv("conv3", 64, 5, { pad: 2 })
  .pool(3, 2)
  .dense("ip1", 10);

export const convnetCifar: ZooNetwork = {
  name: "convnet-cifar",
  text: "the small CIFAR-10 network of Caffe (32-32-64, 5x5, one fully connected layer), 32x32",
  layers,
  inputs: rectifiedInputs(100, [50, 43, 12]),
  inputSource: "measured on such a network, group lasso, trained for this project; estimate",
  variants: [
    {
      name: "ssl",
      source: "Wen et al., NIPS 2016, released run of 81.41 %",
      sparsity: {
        conv1: { zeroRatio: 0.536, zeroColRatio: 0.5 },
        conv2: { zeroRatio: 0.824, zeroRowRatios: [0.6125], zeroColRatio: 0.3125 },
        conv3: { zeroRatio: 0.786, zeroRowRatios: [0.5], zeroColRatio: 0.125 },
        ip1: { zeroRatio: 0.844, zeroRowRatios: [0.766] },
      },
    },
    denseVariant(),
  ],
};
