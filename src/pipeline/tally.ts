import { withinMemory } from "../model/base/memory.ts";
import { spreadIndex } from "../model/base/spread.ts";
import type { CountPlans, ExecutableLayer } from "../model/ir/compressed.ts";
import type { DynamicTotals, VerifyCounts } from "../model/ir/counts.ts";
import type { CodeTensor, QuantizedLayer, WindowSource } from "../model/ir/quantized.ts";
import type { LayerOutputs, SimulateRequest } from "../model/ir/request.ts";
import { addStatistics, codeStatistics, noStatistics } from "../stages/quantize/statistics.ts";
import { countLayer } from "../stages/simulate/countLayer.ts";
import { outputsOfLayer, verifyLayer } from "../stages/simulate/runLayer.ts";
import { addDynamic, addVerify, zeroDynamic } from "../stages/simulate/tasks.ts";
import { windowsOf } from "../stages/simulate/windows.ts";
import { totalsOf } from "./findings.ts";
import type { FinishedLayer } from "./findings.ts";
import { OpenRowSample } from "./openRowSample.ts";
import { prepareCounting, prepareExecution, prepareLayer } from "./prepare.ts";
import type { PreparedLayer } from "./prepare.ts";
import { weightCountOf } from "./session.ts";
import type { Batch, Session } from "./session.ts";

export type OnWork = (label: string, work: number) => void;

/** A layer ready to be counted, and where asked for to be executed and looked at. */
interface ReadyLayer {
  readonly prepared: PreparedLayer;
  readonly plans: CountPlans;
  /** null when the layer is only counted: its weights are not needed any more. */
  readonly executable: ExecutableLayer | null;
  /** null unless detail is collected. */
  readonly openRows: OpenRowSample | null;
}

/** Everything that is summed over the windows of one layer, batch after batch. */
export class LayerTally {
  private windowCount = 0;
  private dynamic: DynamicTotals = zeroDynamic;
  private verify: VerifyCounts = {};
  private verifiedWindows = 0;
  private statistics = noStatistics;
  private readonly outputParts: Float64Array[] = [];

  private constructor(
    private readonly ready: ReadyLayer,
    /** Windows of all batches together. */
    private readonly windowsInAll: number,
    private readonly session: Session,
    private readonly onWork: OnWork,
  ) {}

  /** map → compress. @throws InputError when memory does not suffice for the layer. */
  static async open(
    layer: QuantizedLayer,
    windowsInAll: number,
    session: Session,
    onWork: OnWork,
  ): Promise<LayerTally> {
    const { config, kernels, executor, clock, request, pace } = session;
    const { collectDetail = false } = request;
    const executes = request.verifyWindows !== 0 || request.outputsOf !== undefined;
    const ready = await withinMemory(layer.name, async (): Promise<ReadyLayer> => {
      const prepared = await prepareLayer(layer, config, kernels, clock, pace, collectDetail);
      await pace.step();
      const plans = prepareCounting(prepared, windowsInAll, config, kernels, executor, clock);
      const openRows = collectDetail ? new OpenRowSample(prepared, windowsInAll, config, kernels) : null;
      const executable = executes ? await prepareExecution(layer, config, kernels, executor, clock, pace) : null;
      return { prepared, plans, openRows, executable };
    });
    return new LayerTally(ready, windowsInAll, session, onWork);
  }

  /** simulate: counts, and where asked for executes, one batch of inputs. */
  async add(batch: Batch): Promise<void> {
    const { config, executor, clock, pace } = this.session;
    const { prepared, plans, openRows, executable } = this.ready;
    const { outline } = prepared;
    await pace.step();
    const tensor = await withinMemory(outline.name, () => batch.codesOf(outline));
    const source = windowsOf(outline, tensor);
    const onWindows = (windows: number): void => this.onWork(outline.name, windows * weightCountOf(outline));
    await pace.step();
    this.addStatistics(tensor);
    const dynamic = await clock.timeAsync("count", () =>
      countLayer(outline, plans, source, config, executor, onWindows),
    );
    this.dynamic = addDynamic(this.dynamic, dynamic);
    if (openRows !== null) clock.time("detail", () => openRows.add(source, this.spread(openRows.windowCount, source)));
    if (executable !== null) await this.execute(executable, source, onWindows);
    this.windowCount += source.windowCount;
  }

  /** simulate: everything that was counted. */
  finish(): FinishedLayer {
    const { clock, config } = this.session;
    const { windowCount, dynamic, statistics, verify, verifiedWindows } = this;
    const { prepared } = this.ready;
    const openRows = this.ready.openRows?.result() ?? null;
    const totals = clock.time("count", () =>
      totalsOf(prepared, { windowCount, dynamic, statistics, openRows }, config),
    );
    const outputs = this.outputParts.length === 0 ? null : this.outputs();
    return { totals, verify, verifiedWindows, outputs, keptRows: prepared.keptRows };
  }

  private async execute(
    executable: ExecutableLayer,
    source: WindowSource,
    onWindows: (windows: number) => void,
  ): Promise<void> {
    const { config, executor, clock, request } = this.session;
    const wanted = verifiedWindowCount(request.verifyWindows, this.windowsInAll);
    const windows = this.spread(wanted, source);
    if (windows.length > 0) {
      const found = await clock.timeAsync("verify", () =>
        verifyLayer(executable, source, windows, config, executor, onWindows),
      );
      this.verify = addVerify(this.verify, found);
      this.verifiedWindows += windows.length;
    }
    const scheme = request.outputsOf;
    if (scheme !== undefined) {
      this.outputParts.push(await outputsOfLayer(executable, source, scheme, config, executor));
    }
  }

  private outputs(): LayerOutputs {
    const { name, group, matrices } = this.ready.prepared.outline;
    const { colCount } = matrices[0]!;
    const values = this.outputParts.flatMap((part) => Array.from(part, BigInt));
    return {
      layer: group === 0 || group === "all" ? name : `${name}.${group}`,
      shape: matrices.length === 1 ? [this.windowCount, colCount] : [this.windowCount, matrices.length, colCount],
      values: BigInt64Array.from(values),
    };
  }

  /** Windows to look at lie evenly over all windows of all batches; these are the ones in the next batch. */
  private spread(wanted: number, batch: WindowSource): Uint32Array {
    const chosen: number[] = [];
    for (let index = 0; index < wanted; index++) {
      const window = spreadIndex(index, wanted, this.windowsInAll) - this.windowCount;
      if (window >= 0 && window < batch.windowCount) chosen.push(window);
    }
    return Uint32Array.from(chosen);
  }

  private addStatistics({ codes, shape }: CodeTensor): void {
    const { geometry, firstChannel, matrices } = this.ready.prepared.outline;
    const isConv = geometry.kind === "conv";
    const channelCount = isConv ? shape[1]! : 1;
    const positionCount = isConv ? shape.slice(2).reduce((a, b) => a * b, 1) : codes.length;
    const perMatrix = isConv ? channelCount / geometry.groupCount : 1;
    const channels = { start: firstChannel, count: perMatrix * matrices.length };
    const found = codeStatistics(codes, channelCount, channels, positionCount);
    this.statistics = addStatistics(this.statistics, found);
  }
}

/** Windows of a layer that are verified in all. */
export function verifiedWindowCount(wanted: SimulateRequest["verifyWindows"], windowCount: number): number {
  return wanted === "all" ? windowCount : Math.min(wanted, windowCount);
}
