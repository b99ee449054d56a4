import { loadKernels } from "../../bindings/index.ts";
import type { Kernels } from "../../bindings/kernels.ts";
import { InputError } from "../model/base/errors.ts";
import type { PruneRequest, PruneSpec } from "../model/ir/prune.ts";
import type {
  ComparedMethod,
  PermutationCheck,
  PruneComparison,
  PruneLayerReport,
  PruneReport,
} from "../model/ir/pruneReport.ts";
import { EditableModel, permuteColumns, zeroWeights } from "../stages/network/index.ts";
import type { EncodedModel, NetworkFile } from "../stages/network/index.ts";
import { chooseOrders } from "../stages/prune/permute.ts";
import { pruneLayers } from "../stages/prune/pruneLayers.ts";
import { weightsOfNetwork } from "./ingest.ts";
import { chooseLayers, countZeros } from "./pruneChoice.ts";
import type { LayerChoice } from "./pruneChoice.ts";
import { checkPermutation } from "./pruneCheck.ts";
import { measureNetwork } from "./pruneMeasure.ts";
import type { Measured } from "./pruneMeasure.ts";
import { TOOL } from "./tool.ts";

/** What pruning did, and the model that it left. */
export interface PruneResult {
  readonly report: PruneReport;
  /** The pruned model; what the original kept in data files goes into one named `dataFile`, beside it. */
  encode(dataFile: string): EncodedModel;
}

/**
 * Prunes a network and measures it before and after.
 * @throws InputError for anything wrong with the input; Error when a permuted network computes something else.
 */
export async function prune(request: PruneRequest): Promise<PruneResult> {
  const { config, spec, permute, source, workload } = request;
  const kernels = await loadKernels();
  const { file, ingested } = await weightsOfNetwork(workload, source.source);
  const model = await EditableModel.open(file);
  const choice = await chooseLayers(model, request.layers, config);
  const before = await measureNetwork(model, choice, choice.zeroCounts, request, kernels);
  const { zeroCounts, permutation } = await pruneModel(model, choice, request);
  const after = await measureNetwork(model, choice, zeroCounts, request, kernels, before);
  const report: PruneReport = {
    schemaVersion: 1,
    tool: TOOL,
    network: { name: workload.name, ...source },
    config,
    method: spec.method,
    scope: spec.scope,
    nOfM: spec.method === "n:m" ? spec.nOfM : null,
    block: spec.method === "block" ? spec.block : null,
    permuted: permute,
    sparsity: { asked: spec.method === "none" ? null : spec.sparsity, reached: after.total.zeroRatio },
    before: before.total,
    after: after.total,
    samples: before.samples,
    permutation,
    layers: layerReports(choice, permute, before, after),
    skipped: model.skipped,
    ...(ingested.length === 0 ? {} : { weightsFrom: ingested }),
  };
  return { report, encode: (dataFile) => model.encode(dataFile) };
}

/** Prunes the network in every way at the sparsity of `spec`, and measures each; nothing is written. */
export async function comparePruning(request: PruneRequest): Promise<PruneComparison> {
  const { config, spec, source, workload } = request;
  const kernels = await loadKernels();
  const { file, ingested } = await weightsOfNetwork(workload, source.source);
  const original = await EditableModel.open(file);
  const choice = await chooseLayers(original, request.layers, config);
  const before = await measureNetwork(original, choice, choice.zeroCounts, request, kernels);
  const methods: ComparedMethod[] = [];
  for (const way of comparedWays(spec)) {
    methods.push(await compareOne(file, { ...request, ...way }, way.name, before, kernels));
  }
  return {
    schemaVersion: 1,
    tool: TOOL,
    network: { name: workload.name, ...source },
    config,
    sparsity: spec.sparsity,
    samples: before.samples,
    before: before.total,
    methods,
    skipped: original.skipped,
    ...(ingested.length === 0 ? {} : { weightsFrom: ingested }),
  };
}

interface Way {
  readonly name: string;
  readonly spec: PruneSpec;
  readonly permute: boolean;
}

function comparedWays(spec: PruneSpec): Way[] {
  const way = (name: string, change: Partial<PruneSpec>, permute = false): Way => ({
    name,
    spec: { ...spec, ...change },
    permute,
  });
  return [
    way("magnitude", { method: "magnitude", scope: "global" }),
    way("magnitude-layer", { method: "magnitude", scope: "layer" }),
    way("ssl-rows", { method: "ssl-rows" }),
    way("ssl-cols", { method: "ssl-cols" }),
    way("ssl", { method: "ssl" }),
    way("n:m", { method: "n:m", nOfM: nOfMAt(spec.sparsity) ?? [0, 0] }),
    way("block", { method: "block" }),
    way("ou", { method: "ou" }),
    way("ou --permute", { method: "ou" }, true),
  ];
}

/** Most rows that N:M looks at together. */
const MAX_M = 32;

/** N:M of a sparsity, M from 4 on as hardware has it; undefined where no M up to 32 gives it. */
export function nOfMAt(sparsity: number): [n: number, m: number] | undefined {
  for (const m of [...Array.from({ length: MAX_M - 3 }, (_, i) => i + 4), 2, 3]) {
    const n = Math.round((1 - sparsity) * m);
    if (n > 0 && n < m && Math.abs(n / m - (1 - sparsity)) < 1e-9) return [n, m];
  }
  return undefined;
}

async function compareOne(
  file: NetworkFile,
  request: PruneRequest,
  name: string,
  before: Measured,
  kernels: Kernels,
): Promise<ComparedMethod> {
  const { spec, permute, config } = request;
  const described = { method: spec.method, scope: spec.scope, permuted: permute };
  if (spec.method === "n:m" && spec.nOfM[1] === 0) {
    return { name, ...described, after: null, reason: `no N:M with M up to ${MAX_M} has sparsity ${spec.sparsity}` };
  }
  const shown = spec.method === "n:m" ? spec.nOfM.join(":") : name;
  try {
    const model = await EditableModel.open(file);
    const choice = await chooseLayers(model, request.layers, config);
    const { zeroCounts } = await pruneModel(model, choice, request);
    const { total } = await measureNetwork(model, choice, zeroCounts, request, kernels, before);
    return { name: shown, ...described, after: total, reason: null };
  } catch (error) {
    // What one way cannot do is a finding; what is wrong with the files has been found before.
    if (!(error instanceof InputError)) throw error;
    return { name: shown, ...described, after: null, reason: error.message };
  }
}

interface Pruned {
  readonly zeroCounts: ReadonlyMap<string, number>;
  readonly permutation: PermutationCheck | null;
}

/** Edits the model. OU rows are chosen after their columns are in order; other methods leave a pattern to be ordered. */
async function pruneModel(model: EditableModel, choice: LayerChoice, request: PruneRequest): Promise<Pruned> {
  const { spec, permute } = request;
  const order = (): Promise<PermutationCheck> => permuteModel(model, choice, request);
  if (spec.method === "ou") {
    const permutation = permute ? await order() : null;
    return { zeroCounts: await removeWeights(model, choice, spec), permutation };
  }
  const zeroCounts = await removeWeights(model, choice, spec);
  return { zeroCounts, permutation: permute ? await order() : null };
}

/** Gives the zero weights of each layer. */
async function removeWeights(
  model: EditableModel,
  choice: LayerChoice,
  spec: PruneSpec,
): Promise<ReadonlyMap<string, number>> {
  const layers = choice.prunable(await model.layers());
  const masks = pruneLayers(layers, spec);
  const zeroCounts = new Map(choice.zeroCounts);
  layers.forEach((layer, index) => {
    zeroWeights(model, layer, masks[index]!);
    zeroCounts.set(layer.name, countZeros(masks[index]!));
  });
  return zeroCounts;
}

async function permuteModel(
  model: EditableModel,
  choice: LayerChoice,
  request: PruneRequest,
): Promise<PermutationCheck> {
  const before = model.toFile();
  const layers = choice.prunable(await model.layers());
  const orders = chooseOrders(layers, request.spec, ({ name }) => choice.usesOf(name) !== null);
  for (const [{ name }, order] of orders) permuteColumns(model, choice.usesOf(name)!, order);
  return checkPermutation(before, model.toFile(), request);
}

function layerReports(choice: LayerChoice, permute: boolean, before: Measured, after: Measured): PruneLayerReport[] {
  return choice.layers.map(({ name, op, weightCount, keptBecause, inOrderBecause }) => ({
    name,
    op,
    weights: weightCount,
    keptBecause,
    inOrderBecause: permute ? (keptBecause === null ? inOrderBecause : "not pruned") : "not asked for",
    before: before.layers.get(name)!,
    after: after.layers.get(name)!,
  }));
}
