import { inputError } from "../model/base/errors.ts";
import { sum } from "../model/base/numbers.ts";
import { recordedBy } from "../model/ir/recorded.ts";
import type { RecordedSet, RecordedWorkload } from "../model/ir/recorded.ts";
import type { CodeTensor, QuantizedLayer } from "../model/ir/quantized.ts";
import type { SimulateRequest } from "../model/ir/request.ts";
import { isSynthetic } from "./findings.ts";
import { weightCountOf } from "./session.ts";
import type { Batch, LayerExtent, LayerSet, Scored, Session, WorkloadSession } from "./session.ts";

/** Plays a recorded workload back. */
export class RecordedSession implements WorkloadSession {
  private constructor(private readonly workload: RecordedWorkload) {}

  /** @throws InputError when the recording was made by another precision. */
  static open({ config }: Session, workload: RecordedWorkload): RecordedSession {
    if (workload.recordedBy !== recordedBy(config)) {
      throw inputError("config", `what ${workload.name} was recorded by`, "other keys");
    }
    return new RecordedSession(workload);
  }

  get sampleCount(): number {
    return this.workload.sampleCount;
  }

  get skipped(): WorkloadSession["skipped"] {
    return this.workload.skipped;
  }

  get ingested(): WorkloadSession["ingested"] {
    return this.workload.ingested;
  }

  get extents(): readonly LayerExtent[] {
    return this.workload.sets.flatMap(({ entries }) =>
      entries.map(({ layer, windowCount }) => ({ weightCount: weightCountOf(layer), windowCount })),
    );
  }

  async *sets(): AsyncGenerator<LayerSet> {
    for (const { entries, batches } of this.workload.sets)
      yield {
        entries,
        batches: () => batches.map((codes): Batch => ({ codesOf: ({ inputTensor }) => codes.get(inputTensor)! })),
      };
  }

  accuracy(): Scored | null {
    return this.workload.scored;
  }

  async close(): Promise<void> {}
}

/** Keeps all that a session gives; null when that is more than `maxBytes`. */
export async function recordWorkload(
  { workload, config }: SimulateRequest,
  session: WorkloadSession,
  maxBytes: number,
): Promise<RecordedWorkload | null> {
  let bytes = sum(session.extents.map(({ weightCount }) => weightCount * Int16Array.BYTES_PER_ELEMENT));
  const sets: RecordedSet[] = [];
  for await (const { entries, batches } of session.sets()) {
    if (bytes > maxBytes) return null;
    const kept = entries.map(({ layer, windowCount }) => ({ layer: keepLayer(layer), windowCount }));
    const played: Map<string, CodeTensor>[] = [];
    for await (const batch of batches()) {
      const tensors = new Map<string, CodeTensor>();
      for (const { layer } of entries) {
        if (tensors.has(layer.inputTensor)) continue;
        const { codes, shape } = batch.codesOf(layer);
        bytes += codes.byteLength;
        if (bytes > maxBytes) return null;
        tensors.set(layer.inputTensor, { codes: keep(codes), shape });
      }
      played.push(tensors);
    }
    sets.push({ entries: kept, batches: played });
  }
  const { name } = workload;
  const { sampleCount, skipped, ingested } = session;
  const facts = {
    name,
    synthetic: isSynthetic(workload),
    recordedBy: recordedBy(config),
    sampleCount,
    skipped,
    ingested,
  };
  return { kind: "recorded", ...facts, scored: session.accuracy(), sets, bytes };
}

/** The session may use a layer's memory again for the next. */
function keepLayer(layer: QuantizedLayer): QuantizedLayer {
  return { ...layer, matrices: layer.matrices.map((matrix) => ({ ...matrix, values: keep(matrix.values) })) };
}

/** A copy that all threads see; one's own in a page that may not share memory. */
function keep<T extends Int16Array | Uint16Array>(values: T): T {
  if (typeof SharedArrayBuffer === "undefined") return values.slice() as T;
  const shared = new SharedArrayBuffer(values.byteLength);
  const copy = values instanceof Int16Array ? new Int16Array(shared) : new Uint16Array(shared);
  copy.set(values);
  return copy as T;
}
