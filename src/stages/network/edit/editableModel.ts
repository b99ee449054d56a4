import type { MatrixLayer, SkippedNode } from "../../../model/ir/layer.ts";
import type { Graph } from "../file/graph.ts";
import type { MappedLayer } from "../layers/extract.ts";
import { EXTERNAL_LOCATION, itemBytesOf, tensorShape, toRawBytes } from "../file/tensorData.ts";
import { ModelProtoSchema, StringStringEntryProtoSchema } from "../onnxMessages.ts";
import type { StringStringEntryProto, TensorProto } from "../onnxMessages.ts";
import { create, toBinary } from "../protobuf.ts";
import { readModel } from "../readModel.ts";
import type { NetworkFile, ReadModel } from "../readModel.ts";

/** A constant of the model whose data may be overwritten in place. */
export interface EditableTensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Number of the file format. */
  readonly dataType: number;
  readonly itemBytes: number;
  /** Row-major over `shape`, little-endian. */
  readonly bytes: Uint8Array;
}

/** A model's bytes, and what goes into the data file beside it (null where it has none). */
export interface EncodedModel {
  readonly model: Uint8Array;
  readonly data: Uint8Array | null;
}

/** Data files are mapped into memory page by page. */
const DATA_ALIGNMENT = 4096;

/**
 * An ONNX model whose constants can be changed, and which is otherwise written back as it was: byte for byte where the
 * changed data lies as bytes in the model itself, else with its messages in canonical order, unknown fields kept.
 */
export class EditableModel {
  private readonly edited = new Map<TensorProto, EditableTensor & { readonly offset: number | null }>();
  /** Layers as they were read; null once anything may have changed. */
  private current: readonly MappedLayer[] | null;

  private constructor(
    private readonly file: NetworkFile,
    private readonly read: Omit<ReadModel, "mapped">,
    layers: readonly MappedLayer[],
  ) {
    this.current = layers;
  }

  /** @throws InputError with every fault of the file. */
  static async open(file: NetworkFile): Promise<EditableModel> {
    const { mapped, ...read } = await readModel(file, { batchNorm: "digital" });
    return new EditableModel(file, read, mapped);
  }

  get graph(): Graph {
    return this.read.graph;
  }

  get skipped(): readonly SkippedNode[] {
    return this.read.skipped;
  }

  /** Matrix layers with the weights of the file as they are now, batch normalisation not folded in. */
  async layers(): Promise<MatrixLayer[]> {
    const mapped = this.current ?? (await readModel(this.toFile(), { batchNorm: "digital" })).mapped;
    return mapped.map(({ layer }) => layer);
  }

  /** How many operands of nodes read a constant, under any of its names, as integers or as the reals made of them. */
  readerCount(name: string): number {
    const { constants, quantized, consumers, nodes, outputs } = this.graph;
    const tensor = constants.get(name);
    const isIt = (other: string): boolean => constants.get(other) === tensor;
    const direct = nodes.flatMap(({ op, proto, writes }) => {
      const isMadeReal = quantized.has(writes[0] ?? "");
      return op === "Identity" ? [] : proto.input.filter((input, at) => isIt(input) && !(isMadeReal && at === 0));
    });
    const asReals = [...quantized].flatMap(([reals, { tensor: integers }]) =>
      isIt(integers) ? (consumers.get(reals) ?? []) : [],
    );
    return direct.length + asReals.length + outputs.filter(isIt).length;
  }

  /** A constant, to be changed. @throws RangeError when there is none of that name. */
  tensor(name: string): EditableTensor {
    const tensor = this.graph.constants.get(name);
    if (tensor === undefined) throw new RangeError(`no constant named ${name}`);
    this.current = null;
    const known = this.edited.get(tensor);
    if (known !== undefined) return known;
    const stored = toRawBytes(tensor);
    const editable = {
      name,
      shape: tensorShape(tensor),
      dataType: tensor.dataType ?? 0,
      itemBytes: itemBytesOf(tensor),
      // slice() of a Node Buffer would not copy.
      bytes: new Uint8Array(stored),
      offset: this.offsetOf(stored),
    };
    this.edited.set(tensor, editable);
    tensor.rawData = editable.bytes;
    tensor.int32Data = [];
    tensor.int64Data = [];
    tensor.uint64Data = [];
    delete tensor.floatData;
    delete tensor.doubleData;
    return editable;
  }

  /** The model as it is now; external data that was changed has moved into it, the rest is where it was. */
  toFile(): NetworkFile {
    if (this.edited.size === 0) return this.file;
    const unchanged = [...this.read.external].filter(([tensor]) => !this.edited.has(tensor));
    const moved = unchanged.map(([tensor, entries]) => [tensor, entries] as const);
    return { ...this.file, model: this.encodeWith(moved, this.read.external.size === unchanged.length) };
  }

  /** The model as it is now; what lay in external files goes into one named `dataFile`, beside the model. */
  encode(dataFile: string): EncodedModel {
    const { external } = this.read;
    if (external.size === 0) return { model: this.encodeWith([], true), data: null };
    let size = 0;
    const placed = [...external.keys()].map((tensor) => {
      const { length } = tensor.rawData!;
      const offset = Math.ceil(size / DATA_ALIGNMENT) * DATA_ALIGNMENT;
      size = offset + length;
      return { tensor, offset, length };
    });
    const data = new Uint8Array(size);
    for (const { tensor, offset } of placed) data.set(tensor.rawData!, offset);
    const entries = placed.map(({ tensor, offset, length }) => {
      const values = { location: dataFile, offset: String(offset), length: String(length) };
      const list = Object.entries(values).map(([key, value]) => create(StringStringEntryProtoSchema, { key, value }));
      return [tensor, list] as const;
    });
    return { model: this.encodeWith(entries, false), data };
  }

  /** Where the data lies in the bytes of the model; null when it is elsewhere, or not stored as bytes. */
  private offsetOf(stored: Uint8Array): number | null {
    const { model } = this.file;
    const offset = stored.byteOffset - model.byteOffset;
    const isInside = stored.buffer === model.buffer && offset >= 0 && offset + stored.length <= model.length;
    return isInside && stored.length > 0 ? offset : null;
  }

  private encodeWith(
    external: readonly (readonly [TensorProto, StringStringEntryProto[]])[],
    mayPatch: boolean,
  ): Uint8Array {
    const edits = [...this.edited.values()];
    if (mayPatch && edits.every(({ offset, bytes }) => offset !== null || bytes.length === 0)) {
      const patched = new Uint8Array(this.file.model);
      for (const { offset, bytes } of edits) if (offset !== null) patched.set(bytes, offset);
      return patched;
    }
    const inside = external.map(([tensor, entries]) => {
      const { rawData } = tensor;
      delete tensor.rawData;
      tensor.externalData = entries;
      tensor.dataLocation = EXTERNAL_LOCATION;
      return { tensor, rawData: rawData! };
    });
    try {
      return toBinary(ModelProtoSchema, this.read.proto);
    } finally {
      for (const { tensor, rawData } of inside) {
        tensor.rawData = rawData;
        tensor.externalData = [];
        delete tensor.dataLocation;
      }
    }
  }
}
