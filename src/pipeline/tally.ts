import type { Config } from "../model/arch/config.ts";
import type { DynamicTotals, VerifyCounts } from "../model/ir/counts.ts";
import type { CodeTensor } from "../model/ir/quantized.ts";
import type { FunctionalScheme } from "../model/ir/report.ts";
import type { LayerOutputs } from "../model/ir/request.ts";
import { codeStatistics } from "../stages/quantize/statistics.ts";
import type { Executor } from "../stages/simulate/executor.ts";
import { countLayer, outputsOfLayer, verifyLayer } from "../stages/simulate/runLayer.ts";
import { addDynamic, addVerify, zeroDynamic } from "../stages/simulate/tasks.ts";
import { windowsOf } from "../stages/simulate/windows.ts";
import type { PhaseClock } from "./phases.ts";
import type { PreparedLayer } from "./prepare.ts";

export interface TallyOptions {
  readonly config: Config;
  readonly executor: Executor;
  readonly clock: PhaseClock;
  readonly verifyWindows: number | "all";
  readonly outputsOf: FunctionalScheme | null;
  readonly onWork: (label: string, work: number) => void;
}

/** Everything that is summed over the windows of one layer, batch after batch. */
export class LayerTally {
  windowCount = 0;
  dynamic: DynamicTotals = zeroDynamic;
  verify: VerifyCounts = {};
  verifiedWindows = 0;
  statistics = { valueCount: 0, zeroCount: 0, oneBitCount: 0 };
  private readonly outputParts: Float64Array[] = [];

  constructor(
    readonly prepared: PreparedLayer,
    /** Windows of all batches together. */
    private readonly windowsInAll: number,
    private readonly options: TallyOptions,
  ) {}

  /** simulate: counts, and where asked for executes, one batch of inputs (codes shared with the executor). */
  async add(tensor: CodeTensor): Promise<void> {
    const { config, executor, clock, onWork } = this.options;
    const { layer, compressed } = this.prepared;
    const source = windowsOf(layer, tensor);
    const onWindows = (windows: number): void => onWork(layer.name, windows * this.workPerWindow());
    this.addStatistics(tensor);
    const dynamic = await clock.timeAsync("count", () => countLayer(layer, compressed, source, config, executor, onWindows));
    this.dynamic = addDynamic(this.dynamic, dynamic);
    const windows = this.windowsToVerify(source.windowCount);
    if (windows.length > 0) {
      const found = await clock.timeAsync("verify", () =>
        verifyLayer(layer, compressed, source, windows, config, executor, onWindows),
      );
      this.verify = addVerify(this.verify, found);
      this.verifiedWindows += windows.length;
    }
    const scheme = this.options.outputsOf;
    if (scheme !== null) {
      this.outputParts.push(await outputsOfLayer(layer, compressed, source, scheme, config, executor));
    }
    this.windowCount += source.windowCount;
  }

  /** Work of one window, for the progress bar. */
  workPerWindow(): number {
    const { matrices } = this.prepared.layer;
    return matrices.length * matrices[0]!.rowCount * matrices[0]!.colCount;
  }

  /** Windows that will be verified in all. */
  verifiableWindows(): number {
    const { verifyWindows } = this.options;
    return verifyWindows === "all" ? this.windowsInAll : Math.min(verifyWindows, this.windowsInAll);
  }

  outputs(): LayerOutputs {
    const { layer } = this.prepared;
    const { length: matrixCount } = layer.matrices;
    const { colCount } = layer.matrices[0]!;
    const values = this.outputParts.flatMap((part) => Array.from(part, BigInt));
    return {
      layer: layer.group === 0 || layer.group === "all" ? layer.name : `${layer.name}.${layer.group}`,
      shape: matrixCount === 1 ? [this.windowCount, colCount] : [this.windowCount, matrixCount, colCount],
      values: BigInt64Array.from(values),
    };
  }

  /** Verified windows lie evenly over all windows of all batches; these are the ones in the next batch. */
  private windowsToVerify(batchWindows: number): Uint32Array {
    const wanted = this.verifiableWindows();
    const chosen: number[] = [];
    for (let index = 0; index < wanted; index++) {
      const window = Math.floor((index * this.windowsInAll) / wanted) - this.windowCount;
      if (window >= 0 && window < batchWindows) chosen.push(window);
    }
    return Uint32Array.from(chosen);
  }

  private addStatistics({ codes, shape }: CodeTensor): void {
    const { layer } = this.prepared;
    const isConv = layer.geometry.kind === "conv";
    const channelCount = isConv ? shape[1]! : 1;
    const positionCount = isConv ? shape.slice(2).reduce((a, b) => a * b, 1) : codes.length;
    const perMatrix = isConv ? channelCount / (layer.geometry as { groupCount: number }).groupCount : 1;
    const found = codeStatistics(codes, channelCount, { start: layer.firstChannel, count: perMatrix * layer.matrices.length }, positionCount);
    this.statistics = {
      valueCount: this.statistics.valueCount + found.valueCount,
      zeroCount: this.statistics.zeroCount + found.zeroCount,
      oneBitCount: this.statistics.oneBitCount + found.oneBitCount,
    };
  }
}
