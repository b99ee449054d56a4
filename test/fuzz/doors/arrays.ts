import fc from "fast-check";
import { zipSync } from "fflate";
import { decodeArray, inspect, parseConfig } from "../../../src/index.ts";
import type { NumericArray } from "../../../src/index.ts";
import { idx, npy } from "../../edges/files.ts";
import type { NpyType } from "../../edges/files.ts";
import { mutateBytes, joined } from "../mutate/bytes.ts";
import { mutateText } from "../mutate/text.ts";
import type { Random } from "../../helpers/random.ts";
import { framed, safetensors } from "../../helpers/safetensors.ts";
import { holds } from "./door.ts";
import type { Door } from "./door.ts";
import { isInputError } from "./door.ts";
import { decodedElsewhere } from "./otherDecoders.ts";
import { sample } from "./sample.ts";

/** Bytes of a file of arrays, and which of them is asked for. */
export interface ArrayInput {
  readonly bytes: Uint8Array;
  readonly member: string | undefined;
}

const TYPES: readonly NpyType[] = ["i1", "i2", "i4", "i8", "u1", "f4"];
const iota = (count: number): number[] => Array.from({ length: count }, (_, i) => (i * 37) % 100);
const latin1 = (text: string): Uint8Array => Uint8Array.from(text, (sign) => sign.charCodeAt(0) & 255);

const npyFiles = [
  ...TYPES.map((type) => npy(type, [3, 4], iota(12))),
  npy("f4", [24], iota(24)),
  npy("i2", [2, 3, 2], iota(12)),
  npy("u1", [0, 3], []),
  fortran(npy("i4", [3, 4], iota(12))),
];
const idxFiles = [idx([2, 3, 4], iota(24)), idx([7], iota(7)), wideIdx(0x0b, 2), wideIdx(0x0d, 4), wideIdx(0x0e, 8)];
const npzFiles = [
  zipSync({ "x.npy": npyFiles[2]! }),
  zipSync({ "x.npy": [npyFiles[5]!, { level: 0 }], "dir/y.npy": npyFiles[0]!, "readme.txt": latin1("hello") }),
  zipSync({ "x.npy": npy("f4", [40, 30], iota(1200)) }, { level: 9 }),
];
const f32 = (shape: readonly number[]) => ({
  dtype: "F32",
  shape,
  data: Float32Array.from(iota(shape.reduce((a, b) => a * b, 1))),
});
const safetensorsFiles = [
  safetensors({ x: f32([3, 4]) }),
  safetensors({ x: f32([2, 2]), y: { dtype: "BF16", shape: [3], data: Uint16Array.of(1, 2, 3) }, z: f32([0]) }),
  safetensors({ x: { dtype: "I64", shape: [2], data: BigInt64Array.of(1n, -2n) } }, 1),
];
const marketFiles = [
  "%%MatrixMarket matrix coordinate real general\n% a comment\n3 4 3\n1 1 1.5\n2 3 -2e3\n3 4 7\n",
  "%%MatrixMarket matrix array integer general\n2 3\n1\n2\n3\n4\n5\n6\n",
  "%%MatrixMarket matrix coordinate pattern symmetric\n3 3 2\n1 1\n3 2\n",
  "%%MatrixMarket matrix array real skew-symmetric\n3 3\n1\n2\n3\n",
  "%%MatrixMarket matrix coordinate integer skew-symmetric\r\n3 3 1\r\n3 1 -4\r\n",
];
const all = [...npyFiles, ...idxFiles, ...npzFiles, ...safetensorsFiles, ...marketFiles.map(latin1)];
const members = [undefined, undefined, undefined, "x", "x", "y", "dir/y", "gone", "x.npy", "__proto__", ""];

/** Sizes that a header may claim. */
const sizes = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.nat(5) },
    fc.constantFrom(-1, 0, 0.5, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1, 2 ** 53, 1e300, 65536, 1048576),
  ),
  { maxLength: 5 },
);
const npyHeaders = fc.record({
  descr: fc.constantFrom("'<f4'", "'<i2'", "'|u1'", "'<f2'", "'<f8'", "'<u8'", "'>f4'", "'|O'", "[('a', '<f4')]", "''"),
  fortran: fc.constantFrom("True", "False", "False", "true", "0"),
  shape: sizes,
  version: fc.constantFrom(1, 1, 1, 2, 3, 0, 255),
  dataBytes: fc.oneof(fc.constant(null), fc.nat(70)),
});
const tensorHeaders = fc.dictionary(
  fc.constantFrom("x", "y", "", "__proto__", "__metadata__"),
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        dtype: fc.constantFrom("F32", "F16", "BF16", "I64", "U8", "BOOL", "F8_E4M3", "C64", "F7", "toString"),
        shape: sizes,
        data_offsets: fc.tuple(fc.constantFrom(0, 0, 4, 8, -1), fc.constantFrom(0, 4, 8, 16, 2 ** 53)),
      }),
    },
    fc.jsonValue({ maxDepth: 3 }),
  ),
  { maxKeys: 4 },
);

function made(random: Random): ArrayInput {
  const member = random.pick(members);
  switch (random.integer(0, 9)) {
    case 0:
      return { bytes: npyOf(sample(npyHeaders, random)), member: undefined };
    case 1:
      return { bytes: zipSync({ "x.npy": npyOf(sample(npyHeaders, random)) }), member };
    case 2:
      return {
        bytes: framed(JSON.stringify(sample(tensorHeaders, random)), [new Uint8Array(random.pick([0, 8, 16]))]),
        member,
      };
    case 3:
    case 4:
      return { bytes: latin1(mutateText(random.pick(marketFiles), marketFiles, random)), member: undefined };
    case 5:
      return { bytes: zipSync({ "x.npy": mutateBytes(random.pick(npyFiles), all, random) }), member };
    case 6:
      return { bytes: mutateBytes(random.pick(npyFiles), all, random), member: undefined };
    case 7:
      return { bytes: headerMutated(random.pick(safetensorsFiles), random), member };
    default:
      return { bytes: mutateBytes(random.pick(all), all, random), member };
  }
}

/** npy, npz, IDX, safetensors and MatrixMarket, told apart by their first bytes. */
export const arrays: Door<ArrayInput> = {
  name: "arrays",
  weight: 5,
  make: made,
  async run({ bytes, member }) {
    const array = decodeArray(bytes, "f", member);
    checkArray(array);
    const other = decodedElsewhere(bytes, member, array.dtype);
    if (other !== null) {
      holds(
        JSON.stringify(other.shape) === JSON.stringify(array.shape),
        `shape [${other.shape}] elsewhere, [${array.shape}] here`,
      );
      const place = other.values.findIndex((value, i) => !isSame(Number(value), Number(array.values[i])));
      holds(place < 0 && other.values.length === array.values.length, `value ${place} is another one elsewhere`);
    }
    if (array.shape.length === 2 && !array.shape.includes(0)) await inspectAsWeights(array);
  },
  isRefusal: isInputError,
};

function checkArray({ shape, values, dtype }: NumericArray): void {
  holds(
    shape.every((size) => Number.isSafeInteger(size) && size >= 0),
    `shape [${shape}] of ${dtype}`,
  );
  const count = shape.reduce((total, size) => total * size, 1);
  holds(count === values.length, `${values.length} values for shape [${shape}]`);
}

function isSame(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}

/** What comes next with a matrix: a layer table that adds up; values out of range are refused by their place. */
async function inspectAsWeights(array: NumericArray): Promise<void> {
  const workload = { kind: "matrix", name: "f", weights: array } as const;
  const { layers } = await inspect({ workload, config: parseConfig([], []), source: { source: "f", sha256: "" } });
  const { matrixRows, matrixCols, weights } = layers[0]!;
  holds(
    matrixRows * matrixCols === array.values.length,
    `${matrixRows} x ${matrixCols} of ${array.values.length} values`,
  );
  holds(weights.zeroRatio >= 0 && weights.zeroRatio <= 1, `zero ratio ${weights.zeroRatio}`);
}

function npyOf(header: typeof npyHeaders extends fc.Arbitrary<infer T> ? T : never): Uint8Array {
  const { descr, fortran: order, shape, version, dataBytes } = header;
  const tuple = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': ${descr}, 'fortran_order': ${order}, 'shape': (${tuple}), }\n`;
  const preamble = [0x93, ...latin1("NUMPY"), version, 0, text.length & 255, text.length >> 8];
  const itemBytes = Number(/\d/.exec(descr)?.[0] ?? 1);
  const declared = shape.reduce((total, size) => total * size, itemBytes);
  const byteCount = dataBytes ?? (declared >= 0 && declared < 4096 ? Math.floor(declared) : 8);
  return joined(
    Uint8Array.from(version === 1 ? preamble : [...preamble, 0, 0]),
    latin1(text),
    new Uint8Array(byteCount).fill(60),
  );
}

function headerMutated(file: Uint8Array, random: Random): Uint8Array {
  const headerBytes = new DataView(file.buffer, file.byteOffset).getUint32(0, true);
  const text = new TextDecoder().decode(file.subarray(8, 8 + headerBytes));
  return framed(mutateText(text, [text], random), [file.slice(8 + headerBytes)]);
}

function fortran(file: Uint8Array): Uint8Array {
  return latin1(String.fromCharCode(...file).replace("False", "True "));
}

function wideIdx(type: number, itemBytes: number): Uint8Array {
  return Uint8Array.from([0, 0, type, 2, 0, 0, 0, 2, 0, 0, 0, 3, ...iota(6 * itemBytes)]);
}
