import type { Random } from "../../helpers/random.ts";
import { joined, mutateBytes } from "./bytes.ts";
import { interestingInteger } from "./numbers.ts";

// Protocol buffers without their schema: fields that can be changed, dropped and repeated at any depth, while all lengths
// around them stay right. Changed bytes would hardly ever get past the first length.

interface Field {
  readonly tag: number;
  /** Wire types 0, 1, 5: the value as written; of type 2 a message where the bytes read as one, else bytes. */
  body: bigint | Uint8Array | Field[];
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;
/** Bodies of shorter messages are as likely text. */
const SHORTEST_MESSAGE = 2;
const DEEPEST = 8;

/** `bytes` with one to three of its fields changed, anywhere; bytes that are no message are mutated as bytes. */
export function mutateWire(bytes: Uint8Array, random: Random): Uint8Array {
  const fields = parse(bytes, 0);
  if (fields === null) return mutateBytes(bytes, [bytes], random);
  for (let round = random.pick([1, 1, 2, 3]); round > 0; round--) mutateMessage(fields, random);
  return encode(fields);
}

function mutateMessage(fields: Field[], random: Random): void {
  if (fields.length === 0) {
    fields.push({ tag: (random.integer(1, 15) << 3) | VARINT, body: BigInt(random.integer(0, 9)) });
    return;
  }
  const index = random.integer(0, fields.length - 1);
  const field = fields[index]!;
  // Mostly on the way down: most fields are deep.
  if (Array.isArray(field.body) && random.chance(0.8)) return mutateMessage(field.body, random);
  const other = random.integer(0, fields.length - 1);
  switch (random.integer(0, 5)) {
    case 0:
      fields.splice(index, 1);
      return;
    case 1:
      fields.splice(other, 0, structuredClone(field));
      return;
    case 2:
      [fields[index], fields[other]] = [fields[other]!, fields[index]!];
      return;
    case 3:
      // The body of a neighbour: names of other tensors, shapes of other layers.
      if ((fields[other]!.tag & 7) === (field.tag & 7)) field.body = structuredClone(fields[other]!.body);
      return;
    default:
      field.body = changedBody(field, random);
  }
}

function changedBody({ tag, body }: Field, random: Random): Field["body"] {
  if (typeof body === "bigint") {
    const width = (tag & 7) === FIXED32 ? 32 : 64;
    const near = body + BigInt(random.pick([-1, 1]));
    return BigInt.asUintN(width, random.chance(0.4) ? near : BigInt(interestingInteger(random)));
  }
  const bytes = body instanceof Uint8Array ? body : encode(body);
  return mutateBytes(bytes, [bytes], random);
}

function parse(bytes: Uint8Array, depth: number): Field[] | null {
  const fields: Field[] = [];
  let at = 0;
  const varint = (): bigint | null => {
    let value = 0n;
    for (let shift = 0n; shift < 70n && at < bytes.length; shift += 7n) {
      const byte = bytes[at++]!;
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
    return null;
  };
  const fixed = (byteCount: number): bigint | null => {
    if (at + byteCount > bytes.length) return null;
    let value = 0n;
    for (let i = byteCount - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[at + i]!);
    at += byteCount;
    return value;
  };
  while (at < bytes.length) {
    const tag = varint();
    if (tag === null || tag >> 3n === 0n || tag > 2n ** 20n) return null;
    const type = Number(tag & 7n);
    let body: Field["body"] | null = null;
    if (type === VARINT) body = varint();
    else if (type === FIXED64 || type === FIXED32) body = fixed(type === FIXED64 ? 8 : 4);
    else if (type === BYTES) {
      const size = varint();
      if (size === null || BigInt(at) + size > BigInt(bytes.length)) return null;
      const content = bytes.slice(at, at + Number(size));
      at += content.length;
      body = (content.length >= SHORTEST_MESSAGE && depth < DEEPEST && parse(content, depth + 1)) || content;
    }
    if (body === null) return null;
    fields.push({ tag: Number(tag), body });
  }
  return fields;
}

function encode(fields: readonly Field[]): Uint8Array {
  return joined(
    ...fields.flatMap(({ tag, body }) => {
      const head = base128(BigInt(tag));
      if (typeof body !== "bigint") {
        const content = body instanceof Uint8Array ? body : encode(body);
        return [head, base128(BigInt(content.length)), content];
      }
      const type = tag & 7;
      return [head, type === VARINT ? base128(body) : littleEndian(body, type === FIXED64 ? 8 : 4)];
    }),
  );
}

function base128(value: bigint): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7n) {
    if (rest < 128n) return Uint8Array.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 127n) | 128);
  }
}

function littleEndian(value: bigint, byteCount: number): Uint8Array {
  return Uint8Array.from({ length: byteCount }, (_, i) => Number((value >> BigInt(8 * i)) & 255n));
}
