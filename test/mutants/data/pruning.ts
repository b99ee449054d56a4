import { type FaultTable, mutantsOf } from "../mutant.ts";

const table: FaultTable = {
  "src/stages/prune/grid.ts": [
    ["grid-score", "squares[u]! / (count * cols[u]!.count)", "squares[u]! / count", "wide pieces weigh more"],
  ],
  "src/stages/prune/nOfM.ts": [
    ["nOfM-quota", "Math.floor((rows * (m - n)) / m)", "Math.floor((rows * n) / m)", "N removed, not kept"],
  ],
  "src/stages/prune/permute.ts": [
    ["permute-gain", "if (gain > most)", "if (gain < most)", "exchanges make it worse"],
    ["permute-weight", "cost[b]! - cost[a]! || a - b", "cost[a]! - cost[b]! || a - b", "lightest groups first"],
  ],
  "src/stages/prune/pruneLayers.ts": [
    [
      "pruneLayers-zeros",
      "removeElements(layers, target - zeros)",
      "removeElements(layers, target)",
      "zeros removed again",
    ],
  ],
  "src/stages/prune/selectUnits.ts": [
    ["selectUnits-rest", "this.rest -= removed;", "", "more at the threshold than wanted"],
  ],
  "src/stages/prune/ssl.ts": [
    ["ssl-strongest", "if (line !== strongest) lines", "if (line >= 0) lines", "layers may lose every row"],
  ],
  "src/stages/zoo/activations.ts": [
    ["zoo-darkest", "if (plane[i]! < darkest)", "if (plane[i]! > darkest)", "brightest pixels are 0"],
  ],
  "src/stages/zoo/catalog.ts": [
    [
      "zoo-variant",
      "return { network, variant: variants[0] }",
      "return { network, variant: variants.at(-1)! }",
      "wrong default",
    ],
  ],
  "src/stages/zoo/layerTable.ts": [
    [
      "zoo-pool",
      "Math.ceil((this.side - kernelSide) / stride)",
      "Math.floor((this.side - kernelSide) / stride)",
      "rounds down",
    ],
  ],
  "src/stages/zoo/sparsity.ts": [["zoo-kept", "100 - percent", "percent", "kept for zero"]],
  "src/stages/zoo/weights.ts": [
    ["zoo-columns", "(matrixCols - zeroColCounts[group]!)", "matrixCols", "too many free cells"],
  ],
  "src/stages/zoo/workload.ts": [
    ["zoo-list", "zeroRatio: zeros(variant) / weights", "zeroRatio: zeros(variant)", "count for share"],
  ],
  "src/stages/zoo/networks/alexnet.ts": [
    [
      "alexnet-groups",
      '.conv("conv2", 256, 5, { pad: 2, groups: 2 })',
      '.conv("conv2", 256, 5, { pad: 2 })',
      "no groups",
    ],
  ],
  "src/stages/zoo/networks/bertBaseLayer.ts": [["bert-width", "4 * HIDDEN", "3 * HIDDEN", "narrow"]],
  "src/stages/zoo/networks/convnetCifar.ts": [
    ["cifar-pad", '.conv("conv3", 64, 5, { pad: 2 })', '.conv("conv3", 64, 5)', "no padding"],
  ],
  "src/stages/zoo/networks/googlenet.ts": [
    ["googlenet-concat", "one + three + five + projection", "one + three + five", "a branch is not joined"],
  ],
  "src/stages/zoo/networks/lenet5.ts": [
    ["lenet5-filters", '.conv("conv2", 50, 5)', '.conv("conv2", 20, 5)', "too few filters"],
  ],
  "src/stages/zoo/networks/mobilenetV2.ts": [
    [
      "mobilenet-stride",
      "index === 0 ? firstStride : 1",
      "index === 1 ? firstStride : 1",
      "stride in the second block",
    ],
  ],
  "src/stages/zoo/networks/resnet20.ts": [
    ["resnet20-stride", "block === 0 && stage > 0 ? 2 : 1", "stage > 0 ? 2 : 1", "every block strides"],
  ],
  "src/stages/zoo/networks/resnet50.ts": [
    ["resnet50-width", "branch2c`, 4 * width, 1)", "branch2c`, width, 1)", "no expansion"],
  ],
  "src/stages/zoo/networks/vgg16.ts": [["vgg16-pool", "table.pool(2, 2)", "table.pool(2, 1)", "maps stay large"]],
};

export const pruningMutants = mutantsOf(table);
