import { inputError } from "../model/base/errors.ts";
import { withinMemory } from "../model/base/memory.ts";
import type { CodeTensor, QuantizedLayer } from "../model/ir/quantized.ts";
import type { MatrixWorkload } from "../model/ir/request.ts";
import { quantizeMatrix } from "../stages/quantize/quantizeMatrix.ts";
import { weightCountOf } from "./session.ts";
import type { LayerExtent, LayerSet, Session, WorkloadSession } from "./session.ts";

/** One matrix with its windows: one set of one layer, in one batch. */
export class MatrixSession implements WorkloadSession {
  readonly sampleCount = 1;
  readonly skipped = [];
  readonly ingested = [];
  readonly extents: readonly LayerExtent[];
  private readonly windowCount: number;

  private constructor(
    private readonly layer: QuantizedLayer,
    private readonly tensor: CodeTensor,
  ) {
    this.windowCount = tensor.shape[0]!;
    this.extents = [{ weightCount: weightCountOf(layer), windowCount: this.windowCount }];
  }

  /** @throws InputError when the matrices do not fit each other or the precision. */
  static async open(
    { request, config, kernels, clock, executor }: Session,
    workload: MatrixWorkload,
  ): Promise<MatrixSession> {
    if (workload.activations === undefined) throw inputError(workload.name, "activations (--activations FILE)", "none");
    const { layer, tensor } = await withinMemory(workload.name, () =>
      clock.time("quantise", () => quantizeMatrix(workload, config, kernels)),
    );
    const { rowCount } = layer.matrices[0]!;
    const windowCount = Math.min(request.samples ?? Infinity, tensor!.codes.length / rowCount);
    const codes = await withinMemory(workload.name, () =>
      executor.share(tensor!.codes.subarray(0, windowCount * rowCount)),
    );
    return new MatrixSession(layer, { codes, shape: [windowCount, rowCount] });
  }

  async *sets(): AsyncGenerator<LayerSet> {
    const { layer, tensor, windowCount } = this;
    yield { entries: [{ layer, windowCount }], batches: () => [{ codesOf: () => tensor }] };
  }

  accuracy(): null {
    return null;
  }

  async close(): Promise<void> {}
}
