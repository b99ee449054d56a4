/**
 * Protobuf messages, read and written by a table of their fields over the protobuf library's wire format. The library's own
 * messages bring descriptors, reflection and JSON along: three times as much for a page to load.
 */
import { BinaryReader, BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** Fields by their names. A list is there even when it is empty, anything else where it was written. */
export interface Message {
  /** Fields that the table does not have: they are written back as they came. */
  $unknown?: { readonly no: number; readonly wireType: WireType; readonly data: Uint8Array }[];
}

const scalars = {
  int32: { wireType: WireType.Varint, read: (reader: BinaryReader) => reader.int32() },
  int64: { wireType: WireType.Varint, read: (reader: BinaryReader) => reader.int64() },
  uint64: { wireType: WireType.Varint, read: (reader: BinaryReader) => reader.uint64() },
  float: { wireType: WireType.Bit32, read: (reader: BinaryReader) => reader.float() },
  string: { wireType: WireType.LengthDelimited, read: (reader: BinaryReader) => reader.string(true) },
  bytes: { wireType: WireType.LengthDelimited, read: (reader: BinaryReader) => reader.bytes() },
};

type Scalar = keyof typeof scalars;

type TypeOf<V> = V extends bigint
  ? "int64" | "uint64"
  : V extends number
    ? "int32" | "float"
    : V extends string
      ? "string"
      : V extends Uint8Array
        ? "bytes"
        : () => Schema<V>;

interface Field<IsList extends boolean, Type> {
  readonly isList: IsList;
  readonly no: number;
  readonly type: Type;
}

/** The table of a message: every field of it, with the field's number and type in the file. */
export type Fields<T> = {
  readonly [K in Exclude<keyof T, "$unknown">]-?: NonNullable<T[K]> extends (infer Item)[]
    ? Field<true, TypeOf<Item>>
    : Field<false, TypeOf<NonNullable<T[K]>>>;
};

interface NamedField extends Field<boolean, Scalar | (() => Schema<object>)> {
  readonly name: string;
}

/** A kind of message. */
export interface Schema<T> {
  readonly byNumber: ReadonlyMap<number, NamedField>;
  /** One without any field. */
  readonly empty: () => T;
}

/** A type is a scalar, or a function that gives a message's schema: messages may hold one another. */
export function one<Type>(no: number, type: Type): Field<false, Type> {
  return { isList: false, no, type };
}

export function list<Type>(no: number, type: Type): Field<true, Type> {
  return { isList: true, no, type };
}

/** `fields` in the order of their numbers: that is how they are written. */
export function schemaOf<T extends Message>(fields: Fields<T>): Schema<T> {
  const named = Object.entries(fields as { [name: string]: Omit<NamedField, "name"> }).map(([name, field]) => ({
    name,
    ...field,
  }));
  const lists = named.filter(({ isList }) => isList);
  return {
    byNumber: new Map(named.map((field) => [field.no, field])),
    empty: () => Object.fromEntries(lists.map(({ name }): [string, unknown[]] => [name, []])) as object as T,
  };
}

export function create<T>(schema: Schema<T>, fields: Partial<T>): T {
  return { ...schema.empty(), ...fields };
}

/** Bytes fields are slices of `bytes`. @throws Error when it is no such message. */
export function fromBinary<T extends object>(schema: Schema<T>, bytes: Uint8Array): T {
  return readInto(schema.empty(), schema, new BinaryReader(bytes), bytes.length, 0);
}

export function toBinary<T extends object>(schema: Schema<T>, message: T): Uint8Array<ArrayBuffer> {
  const writer = new BinaryWriter();
  writeFields(writer, schema, message);
  return writer.finish();
}

type Values = Message & Record<string, unknown>;

/** Messages inside each other, as the library bounds them: deeper ones would end the stack. */
const MAX_DEPTH = 100;

function readInto<T extends object>(
  message: T,
  schema: Schema<T>,
  reader: BinaryReader,
  end: number,
  depth: number,
): T {
  if (depth > MAX_DEPTH) throw new Error(`maximum recursion depth of ${MAX_DEPTH} reached`);
  const values = message as Values;
  while (reader.pos < end) {
    const [no, wireType] = reader.tag();
    const field = schema.byNumber.get(no);
    if (field === undefined) {
      (values.$unknown ??= []).push({ no, wireType, data: reader.skip(wireType, no) });
    } else if (!field.isList) {
      values[field.name] = readValue(field, reader, depth, values[field.name]);
    } else if (wireType === WireType.LengthDelimited && isPackable(field)) {
      const packedEnd = reader.uint32() + reader.pos;
      while (reader.pos < packedEnd) (values[field.name] as unknown[]).push(readValue(field, reader, depth));
    } else {
      (values[field.name] as unknown[]).push(readValue(field, reader, depth));
    }
  }
  return message;
}

/** `before`: a message that comes in pieces goes on. */
function readValue({ type }: NamedField, reader: BinaryReader, depth: number, before?: unknown): unknown {
  if (typeof type === "string") return scalars[type].read(reader);
  const schema = type();
  const length = reader.uint32();
  return readInto((before as object | undefined) ?? schema.empty(), schema, reader, reader.pos + length, depth + 1);
}

function writeFields<T extends object>(writer: BinaryWriter, schema: Schema<T>, message: T): void {
  const values = message as Values;
  for (const field of schema.byNumber.values()) {
    const value = values[field.name];
    const items = (field.isList ? (value ?? []) : value === undefined ? [] : [value]) as unknown[];
    if (field.isList && isPackable(field)) {
      if (items.length === 0) continue;
      writer.tag(field.no, WireType.LengthDelimited).fork();
      for (const item of items) writeScalar(writer, field.type as Scalar, item);
      writer.join();
    } else {
      for (const item of items) writeValue(writer, field, item);
    }
  }
  for (const { no, wireType, data } of values.$unknown ?? []) writer.tag(no, wireType).raw(data);
}

function writeValue(writer: BinaryWriter, { no, type }: NamedField, value: unknown): void {
  if (typeof type === "string") {
    writeScalar(writer.tag(no, scalars[type].wireType), type, value);
  } else {
    writer.tag(no, WireType.LengthDelimited).fork();
    writeFields(writer, type(), value as object);
    writer.join();
  }
}

function writeScalar(writer: BinaryWriter, type: Scalar, value: unknown): void {
  (writer[type] as (value: unknown) => unknown).call(writer, value);
}

/** Numbers of a list stand together, without a tag each. */
function isPackable({ type }: NamedField): boolean {
  return typeof type === "string" && scalars[type].wireType !== WireType.LengthDelimited;
}
