import type { ZooNetwork } from "../../../model/ir/zoo.ts";
import { LayerTable } from "../layerTable.ts";
import { denseVariant, keptPercents, rectifiedInputs } from "../sparsity.ts";

const { layers } = new LayerTable(1, 28)
  .conv("conv1", 20, 5)
  .pool(2, 2)
  .conv("conv2", 50, 5)
  .pool(2, 2)
  .dense("ip1", 500)
  .dense("ip2", 10);

export const lenet5: ZooNetwork = {
  name: "lenet5",
  text: "LeNet-5 of Caffe (20-50-500-10), MNIST 28x28",
  layers,
  inputs: rectifiedInputs(19, [82, 72, 55]),
  inputSource: "Han et al., NIPS 2015; share of ink pixels in MNIST: estimate",
  variants: [
    {
      name: "ssl",
      source: "Wen et al., NIPS 2016, released run 0.9846; ip2 not published, taken dense",
      sparsity: {
        conv1: { zeroRatio: 0.86, zeroRowRatios: [0.8] },
        conv2: { zeroRatio: 0.9584, zeroRowRatios: [0.95] },
        ip1: { zeroRatio: 0.091, zeroRowRatios: [0.069] },
      },
    },
    {
      name: "deep-compression",
      source: "Han et al., NIPS 2015, weights kept",
      sparsity: keptPercents(["conv1", "conv2", "ip1", "ip2"], [66, 12, 8, 19]),
    },
    denseVariant(),
  ],
};
