import type { BulkKernels } from "../../bindings/kernels.ts";
import type { Config } from "../model/arch/config.ts";
import type { WindowSource } from "../model/ir/quantized.ts";
import { OpenRowCounter } from "../stages/simulate/openRows.ts";
import { codeShape } from "../stages/simulate/windows.ts";
import type { SeenOpenRows } from "./findings.ts";
import type { PreparedLayer } from "./prepare.ts";

/** Words to count for one layer: some 6 ms. */
const MOST_WORDS = 1 << 21;
const MOST_WINDOWS = 64;

/** Open rows of a layer's OU operations on some of its windows, for people to look at; its cost is bounded. */
export class OpenRowSample {
  /** Windows to look at: all of them when they are few and small. */
  readonly windowCount: number;
  private readonly bits: number;
  private readonly dof: OpenRowCounter;
  private readonly orcDof: OpenRowCounter;

  constructor(
    { outline, compressed }: PreparedLayer,
    windowsInAll: number,
    config: Config,
    private readonly kernels: BulkKernels,
  ) {
    this.bits = outline.activations.bits;
    this.dof = new OpenRowCounter(compressed.denseSegments, config.ou.rows);
    this.orcDof = new OpenRowCounter(compressed.orcSegments, config.ou.rows);
    const perWindow = this.bits * (this.dof.wordCount + this.orcDof.wordCount);
    const affordable = Math.max(1, Math.floor(MOST_WORDS / Math.max(1, perWindow)));
    this.windowCount = Math.min(windowsInAll, MOST_WINDOWS, affordable);
  }

  add(source: WindowSource, windows: Uint32Array): void {
    if (windows.length === 0) return;
    const codes = this.kernels.gatherWindows(source, windows);
    const planes = this.kernels.packBitPlanes(codes, codeShape(source, windows.length, this.bits));
    this.dof.add(planes);
    this.orcDof.add(planes);
  }

  result(): SeenOpenRows {
    return { windowCount: this.windowCount, dof: this.dof.result(), orcDof: this.orcDof.result() };
  }
}
