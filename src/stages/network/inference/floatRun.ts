import type { FloatTensor } from "../../../model/ir/layer.ts";
import { GraphProtoSchema, ModelProtoSchema } from "../onnxMessages.ts";
import { create, toBinary } from "../protobuf.ts";
import { tensorConstructor } from "./ortRuntime.ts";
import type { Runtime, RuntimeSession } from "./runtime.ts";
import { fromFloats, toFloats } from "./tensors.ts";
import type { ExternalFile } from "./threadCalls.ts";

/** What a float run needs to know of the network. */
export interface FloatRunSource {
  readonly place: string;
  readonly model: Uint8Array;
  readonly inputName: string;
  readonly inputType: number;
  /** Graph outputs that the model already has. */
  readonly outputs: readonly string[];
  /** Tensors wanted beside the first output. */
  readonly wanted: readonly string[];
  readExternalFiles(): Promise<readonly ExternalFile[]>;
}

/** The whole network in float, with tensors from inside it. The session is made at the first run. */
export class FloatRun {
  private readonly source: FloatRunSource;
  private session: Promise<RuntimeSession> | null = null;

  constructor(
    source: FloatRunSource,
    private readonly runtime: Runtime,
  ) {
    this.source = source;
  }

  get outputName(): string {
    return this.source.outputs[0]!;
  }

  /** Values of the wanted tensors and of the first output, by name. */
  async run(batch: FloatTensor): Promise<Map<string, FloatTensor>> {
    const { source } = this;
    const session = await (this.session ??= this.open());
    const feed = fromFloats(await tensorConstructor(), batch, source.inputType, `${source.place}, inputs`);
    const names = [...new Set([this.outputName, ...source.wanted])];
    const fetched = names.filter((name) => name !== source.inputName);
    const results = await session.run({ [source.inputName]: feed }, fetched);
    const values = new Map<string, FloatTensor>();
    for (const name of names) {
      const found = name === source.inputName ? batch : toFloats(results[name]!, `${source.place}, tensor ${name}`);
      values.set(name, found);
    }
    return values;
  }

  private async open(): Promise<RuntimeSession> {
    const { source } = this;
    const extra = source.wanted.filter((name) => name !== source.inputName && !source.outputs.includes(name));
    const model = appendOutputs(source.model, extra);
    return this.runtime.open(model, source.place, await source.readExternalFiles());
  }

  async close(): Promise<void> {
    // One that could not be opened has told its caller so.
    const session = await this.session?.catch(() => null);
    this.session = null;
    await session?.release();
  }
}

/** Protobuf merges concatenated messages: a second model with nothing but outputs adds them to the first one's. */
function appendOutputs(model: Uint8Array, names: readonly string[]): Uint8Array {
  const output = names.map((name) => ({ name }));
  const tail = toBinary(ModelProtoSchema, create(ModelProtoSchema, { graph: create(GraphProtoSchema, { output }) }));
  const whole = new Uint8Array(model.length + tail.length);
  whole.set(model);
  whole.set(tail, model.length);
  return whole;
}
