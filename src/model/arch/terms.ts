import type { EventCounts } from "../ir/report.ts";
import type { Term } from "./term.ts";

/** Hardware events that the report counts (§10). */
export const eventTerms: Readonly<Record<keyof EventCounts, Term>> = {
  adcConversions: { text: "ADC conversions: one per used bitline and OU operation.", source: "§10 [isaac16]" },
  dacRows: {
    text: "Wordlines driven: rows of each OU operation; of dynamic schemes those whose bit is 1 (energy.dacRows).",
    source: "§10 [isaac16]",
  },
  cellReads: { text: "Cells read: rows times used bitlines of each OU operation.", source: "§10 [isaac16]" },
  sampleHolds: { text: "Sample-and-hold charges: one per used bitline and OU operation.", source: "§10 [isaac16]" },
  shiftAdds: { text: "Shift-and-add steps: one per ADC conversion.", source: "§10 [isaac16]" },
  inputRegisterReads: { text: "Reads of the CU's input register by OU operations.", source: "§10 [isaac16]" },
  outputRegisterWrites: { text: "Writes of the CU's output register by OU operations.", source: "§10 [isaac16]" },
  edramReads: { text: "Input values read from the tile's eDRAM.", source: "§10 [isaac16]" },
  busTransfers: { text: "Input values moved over the tile's bus.", source: "§10 [isaac16]" },
  inputRegisterWrites: { text: "Input values written to the CU's input register.", source: "§10 [isaac16]" },
  indexReadBits: {
    text: "Bits of the ORC index read: per window, kept rows times index bits.",
    source: "§10, estimate",
  },
  runningSums: { text: "Additions that decode the ORC index: one per kept row and window.", source: "§10, estimate" },
  wordlineGeneratorRows: {
    text: "Rows that pass the wordline generator of dynamic OU formation, per bit-plane.",
    source: "§10, estimate",
  },
  tileOutputRegisterWrites: { text: "Output values written to the tile's output register.", source: "§10 [isaac16]" },
  activationFunctions: { text: "Output values through the activation function unit.", source: "§10 [isaac16]" },
  edramWrites: { text: "Output values written to eDRAM.", source: "§10 [isaac16]" },
  routerTransfers: { text: "Output values through the router.", source: "§10 [isaac16]" },
};

/** Words of the model and of the report. */
export const wordTerms: Readonly<Record<string, Term>> = {
  crossbar: { text: "One ReRAM array: R wordlines by C bitlines.", source: "§1 [isaac16]" },
  wordline: { text: "Physical wire of a crossbar that carries one input bit; row is its index.", source: "§1" },
  bitline: {
    text: "Physical wire of a crossbar that sums cell currents; col is its index.",
    formula: "bitline = column · S + slice",
    source: "§1, §4",
  },
  ou: {
    text: "Operation unit: the H wordlines by L bitlines that are switched on together in one cycle.",
    formula: "H = ou.rows, L = ou.cols",
    source: "§1 [sre19]",
  },
  ouColGroup: { text: "OU column group: L adjacent bitlines of a crossbar, the unit of ORC.", source: "§5 [sre19]" },
  ouOps: { text: "OU operations: Σ over windows and crossbars, the work of a scheme.", source: "§7" },
  "bit-slice": {
    text: "Digit of a weight, in space: one cell holds cellBits bits of it; slice 0 is the least significant.",
    formula: "S = ceil(Bw / c)",
    source: "§4 [isaac16]",
  },
  "bit-plane": {
    text: "One bit of every input, in time: planes are fed one after another; plane 0 is the least significant.",
    source: "§1 [isaac16]",
  },
  window: {
    text: "One input vector: an output position of a convolution, or a sample of a dense layer.",
    source: "§2",
  },
  "zero code": { text: "Digit that weight 0 has in a slice.", formula: "z_s = digit s of 2^(Bw-1)", source: "§4" },
  skippable: {
    text: "A cell that equals the zero code: leaving it out changes nothing.",
    formula: "d_s = z_s",
    source: "§4",
  },
  rowMask: { text: "Rows of an OU column group that are kept, fillers included; bit set = row kept.", source: "§6" },
  filler: {
    text: "A row of zero codes kept because the gap before it is larger than an index entry can say.",
    formula: "at gap 2^bi, entry 2^bi - 1",
    source: "§6 [sre19]",
  },
  index: {
    text: "Per kept row, the number of rows dropped since the previous kept row; decoded by a running sum.",
    formula: "row_k = row_(k-1) + 1 + delta_k",
    source: "§6 [sre19]",
  },
  keptRows: {
    text: "Rows that the ORC masks of a layer keep, summed over its groups, fillers included.",
    source: "§6",
  },
  fillerRows: { text: "Kept rows that are fillers.", source: "§6" },
  indexBits: { text: "Index storage of a layer.", formula: "keptRows · bi; 0 when unlimited", source: "§6 [sre19]" },
  bitmapBits: { text: "What a plain bitmap in place of the index would take.", formula: "Σ_g n_used", source: "§6" },
  latencyCycles: {
    text: "Cycles of a layer on one copy of its crossbars: OUs of a crossbar serial, crossbars parallel.",
    formula: "Σ over windows (max over crossbars of OU operations + timing.fillCycles)",
    source: "§7",
  },
  latency_ns: { text: "latencyCycles times the scheme's cycle.", source: "§7" },
  pipelined_ns: {
    text: "Steady-state time per sample with all layers at work and the chip's spare crossbars holding replicas.",
    source: "§7 [isaac16]",
  },
  copies: {
    text: "Copies of a layer on the chip in the steady state of a scheme's pipeline, the first one included.",
    source: "§7 [isaac16]",
  },
  busyRatio: {
    text: "Share of the steady state in which a crossbar opens an OU, mean over the crossbars that hold something, 0…1.",
    formula: "Σ ouOps · cycle / samples / (crossbars · pipelined_ns)",
    source: "§7",
  },
  cuBusy: {
    text: "The same over each CU; crossbars lie layer by layer and copy by copy, crossbar.perCu to a CU. Dynamic schemes: as on the windows looked at.",
    source: "§7",
  },
  crossbarUse: {
    text: "Share of its cells that each crossbar uses: least, mean, most, and how many lie in each tenth.",
    source: "§5",
  },
  openRows: {
    text: "OU operations of dof and orc-dof by the rows that they open (1 … ou.rows), counted on some windows of each layer, spread evenly.",
    source: "§7",
  },
  planeOneRatios: { text: "Bit-plane occupancy: share of ones of each bit-plane of a layer's input.", source: "§1" },
  areaByComponent_mm2: {
    text: "Area of whole tiles by component, and their index buffers; of the chip also its links, and index room for every row of every crossbar.",
    source: "§10 [isaac16, sre19]",
  },
  speedup: {
    text: "Work against naive: equal hardware kept busy.",
    formula: "naive ouOps · cycle / (scheme's ouOps · cycle)",
    source: "§7",
  },
  latencySpeedup: { text: "Latency of naive over the scheme's, no replication.", source: "§7" },
  energySavingRatio: {
    text: "Energy saved against naive, 0…1.",
    formula: "1 - energy / energy of naive",
    source: "§7",
  },
  estimateShareRatio: { text: "Share of a scheme's energy whose price is an estimate, 0…1.", source: "§10" },
  cu: {
    text: "Compute unit: a group of crossbars with their ADCs and registers (cu.perTile, crossbar.perCu).",
    source: "§1 [isaac16]",
  },
  tile: { text: "CUs with a shared eDRAM, bus and router share (tile.count).", source: "§1 [isaac16]" },
  zoo: {
    text: "Built-in networks: layer shapes with weights and inputs drawn from published sparsities, seeded; a report of one says synthetic (assumption A20, sre zoo).",
    formula: "density of the remaining cells = (1 - zeroRatio) / ((1 - zeroRowRatio) · (1 - zeroColRatio))",
    source: "§2, A20",
  },
  zeroSegmentRatios: {
    text: "Share of all-zero OU rows where 1, 2, 4, … weights share an OU column group: what ORC can drop at that width.",
    formula: "zero segments of 1 x width / (rows · ceil(columns / width))",
    source: "§6",
  },
  orcGain: {
    text: "OU operations of naive over those of orc, windows alike: what the weights alone decide.",
    formula: "Σ_g ceil(n_used/H) / Σ_g ceil(|M_g|/H)",
    source: "§7",
  },
  weightsFrom: {
    text: "Layers whose weights or masks came from other files (--weights-from, --masks), by name or by the rules of --map.",
    source: "--weights-from",
  },
  prune: {
    text: "sre prune: removes single weights (magnitude), kernel positions (ssl-rows), filters (ssl-cols), both (ssl), all but N of M rows (N:M), blocks, or the OU rows of least norm (ou); --permute puts filters that lose the same rows into one OU column group (assumptions A32, A33).",
    formula: "zero weights = round(sparsity · weights)",
    source: "§2",
  },
  synthetic: { text: "true when weights or inputs were drawn rather than given.", source: "A20" },
  adc: {
    text: "Converter of a bitline's sum; lossless when its codes cover the largest sum of an OU.",
    formula: "lossless: 2^b - 1 ≥ H(2^c - 1)",
    source: "§1, §8 [sre19]",
  },
};
