/** What the published material leaves open, or what we simplify, and how it is settled here. */
export interface Assumption {
  /** A1 … An, as in the report and docs/model.md. */
  readonly id: string;
  readonly text: string;
  /** Section of the model. */
  readonly section: string;
  /** The option that changes it, where there is one. */
  readonly configKey?: string;
}

/** Every assumption, in the order of the model's sections. Ids never change meaning: new ones are added at the end. */
export const assumptions: readonly Assumption[] = [
  {
    id: "A1",
    section: "§2",
    text: "A window is one im2col vector: one output position of a convolution, or one sample of a fully connected layer. Padding contributes zeros, which cost nothing but are rows like any other.",
  },
  {
    id: "A2",
    section: "§2",
    text: "The groups of a grouped convolution are separate layers: each has its own matrix and crossbars, and their latencies add. The matrices of a depthwise layer are merged into one entry, whose crossbars work at once.",
  },
  {
    id: "A3",
    section: "§3",
    configKey: "precision.scale",
    text: "Fixed point with one scale per weight tensor and one per layer input, by default the smallest power of two that fits the largest magnitude.",
  },
  {
    id: "A4",
    section: "§3",
    text: "Activation statistics, cycles and energy are counted from the float network's tensors, quantised at each layer's input; they are unsigned when the calibration inputs never make the tensor negative. Accuracy runs quantise again layer by layer.",
  },
  {
    id: "A5",
    section: "§4",
    configKey: "mapping.coding",
    text: "Signed weights are stored as w + 2^(Bw-1), and the digital side subtracts the zero code times the number of open wordlines with input 1; so a cell that equals the zero code can be skipped and compression stays exact.",
  },
  {
    id: "A6",
    section: "§5",
    configKey: "mapping.packing",
    text: "ORC packs the kept rows of an OU column group over the full height of the matrix and cuts them into crossbars, so compression frees crossbars; packing inside each crossbar is the other rule.",
  },
  {
    id: "A7",
    section: "§6",
    configKey: "sparsity.indexBits",
    text: "A row gap that an index entry cannot express is bridged by filler rows, counted like any kept row in time, energy and index: the inputs of fillers count, although their cells add nothing.",
  },
  {
    id: "A8",
    section: "§6",
    configKey: "sparsity.indexBits",
    text: "With an unlimited index there are no fillers, and the index is reported as 0 bits: it stands for an ideal that no hardware stores.",
  },
  {
    id: "A9",
    section: "§7",
    text: "recom deletes rows and columns that are zero over the whole layer matrix before placement; it reads, drives and prices the remaining rows only.",
  },
  {
    id: "A10",
    section: "§7",
    configKey: "timing.emptyPlaneCycles",
    text: "A bit-plane that opens no row costs no cycle; where it is given a cost, that lengthens the latency and is no OU operation.",
  },
  {
    id: "A11",
    section: "§7",
    configKey: "timing.fillCycles",
    text: "Latency of a layer: per window the slowest of its crossbars, groups serial and crossbars parallel, plus the pipeline fill per window.",
  },
  {
    id: "A12",
    section: "§7",
    text: "The headline speedup compares OU operations times cycle time, equal hardware kept busy: the crossbars that compression frees hold replicas. latencySpeedup compares latency without any replication.",
  },
  {
    id: "A13",
    section: "§7",
    configKey: "tile.count",
    text: "Pipelined time: spare crossbars of the chip hold replicas, handed out one at a time to the slowest layer, as ISAAC balances its early layers; a layer gets no more copies than a sample has windows.",
  },
  {
    id: "A14",
    section: "§7",
    configKey: "timing.ouCycle_ns",
    text: "The OU cycle is that of the 65 nm macro of ISSCC 2018, scaled linearly in ADC bits and in node.",
  },
  {
    id: "A15",
    section: "§7",
    configKey: "timing.isaacStep_ns",
    text: "ISAAC opens all rows of a crossbar at once and is over-idealised: its 8-bit ADC counts as lossless, since flipped columns save the ninth bit.",
  },
  {
    id: "A16",
    section: "§8",
    configKey: "adc.mode",
    text: "An ADC too narrow for an OU's largest sum clips it; mapping the full scale to its steps is the other mode.",
  },
  {
    id: "A17",
    section: "§10",
    configKey: "energy.dacRows",
    text: "Energy is charged per event: DAC per open row, array per cell of open rows and used bitlines, ADC, sample-and-hold and shift-add per used bitline of each OU operation, buffers per value moved. Dynamic schemes charge the DAC of rows whose bit is 1.",
  },
  {
    id: "A18",
    section: "§10",
    configKey: "adc.law",
    text: "The energy of an ADC conversion at b bits follows 2^b/(b+1) from the published 8-bit figure; three other laws can be chosen.",
  },
  {
    id: "A19",
    section: "§10",
    configKey: "energy.prices_pJ",
    text: "Prices of index read, running sum and wordline generator are not published: they are estimates from adder and SRAM energies in the literature, marked so, and their share of the energy is reported.",
  },
  {
    id: "A20",
    section: "§2",
    text: "Networks of the zoo have published shapes and synthetic numbers: zero rows and columns are chosen first, then the remaining cells at random up to the published sparsity; weights are Laplace distributed, inputs half-normal at the published density with a lognormal scale per channel, and images smooth; all are drawn as reals and quantised.",
  },
  {
    id: "A21",
    section: "§9",
    configKey: "device.sigmaLrs",
    text: "A cell's conductance is lognormal around that of its level, drawn once per cell and chip; levels are equally spaced in conductance, and σ goes linearly from the high-resistance to the low-resistance state.",
  },
  {
    id: "A22",
    section: "§9",
    configKey: "device.references",
    text: "The periphery knows how many open rows have input 1 and places its references for them; or it does not, and they stay where H rows would want them.",
  },
  {
    id: "A23",
    section: "§9",
    configKey: "device.readNoise",
    text: "Read noise is white and independent per open row and access, of the same size at every level; faults and drift belong to the chip and hit every cell alike.",
  },
  {
    id: "A24",
    section: "§9",
    text: "Sensing tables take all combinations of levels with the same sum as equally likely, and draw every read anew: a bad cell is not bad again at the next read, as it is on a chip.",
  },
  {
    id: "A25",
    section: "§9",
    text: "In accuracy runs only the crossbars are disturbed; operators between them run in float, and every layer's input is quantised anew with the scales of the calibration. Chips of all devices share their random draws, so that curves differ by the device alone.",
  },
  {
    id: "A31",
    section: "§3",
    text: "Integer weights of a quantised network (zero point 0) are the integers on the crossbars, with the file's step for each layer or column and no second rounding; its activations keep the file's step where their integers fit. QLinearConv and QLinearMatMul run as their definition, a product of dequantised operands that is quantised again.",
  },
  {
    id: "A32",
    section: "§2",
    text: "Pruning counts sparsity over the weights of the layers that it prunes, biases left alone, and cuts the last piece so that the share is exact. Pieces are ranked by the root mean square of their weights, layers together unless each is to have its share. Depthwise layers are left out unless named, and layers that share their weights always; the last layer keeps its columns, which are outputs.",
  },
  {
    id: "A33",
    section: "§2",
    text: "Permuting filters costs nothing: the rows of the next layer follow in the file, so neither crossbars nor buffers see it. Layers whose outputs are joined with another branch, or feed groups, keep their order.",
  },
];
