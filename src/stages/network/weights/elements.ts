import { inputError } from "../../../model/base/errors.ts";
import type { NumericArray } from "../../../model/ir/request.ts";
import { elementTypeName } from "../file/tensorData.ts";
import { floatToBfloat, floatToHalf } from "../file/half.ts";

/** How numbers are stored in a tensor of one element type; integer types hold `least` … `most` only. */
interface Storage {
  convert(values: NumericArray["values"]): ArrayBufferView;
  readonly least?: number;
  readonly most?: number;
}

const each = (values: NumericArray["values"]): ArrayLike<number> =>
  values instanceof BigInt64Array || values instanceof BigUint64Array ? Array.from(values, Number) : values;

const STORAGES: Readonly<Record<number, Storage>> = {
  1: { convert: (values) => Float32Array.from(each(values)) },
  2: { convert: (values) => Uint8Array.from(each(values)), least: 0, most: 255 },
  3: { convert: (values) => Int8Array.from(each(values)), least: -128, most: 127 },
  4: { convert: (values) => Uint16Array.from(each(values)), least: 0, most: 65535 },
  5: { convert: (values) => Int16Array.from(each(values)), least: -32768, most: 32767 },
  10: { convert: (values) => Uint16Array.from(each(values), floatToHalf) },
  11: { convert: (values) => Float64Array.from(each(values)) },
  16: { convert: (values) => Uint16Array.from(each(values), floatToBfloat) },
};

/**
 * Values as a tensor of the given element type (number of the file format) stores them; floats are rounded to it.
 * @throws InputError when the type holds no weights, an integer type cannot hold a value, or a float type overflows.
 */
export function encodeElements(array: NumericArray, dataType: number): Uint8Array {
  const storage = STORAGES[dataType];
  const name = elementTypeName(dataType);
  if (storage === undefined) throw inputError(array.place, "weights for a tensor of floats or small integers", name);
  const { least, most } = storage;
  if (least !== undefined && most !== undefined) {
    for (let i = 0; i < array.values.length; i++) {
      const value = Number(array.values[i]!);
      if (Number.isInteger(value) && value >= least && value <= most) continue;
      throw inputError(
        array.place,
        `integers in ${least}..${most}, as the network has ${name}`,
        `${value} at index ${i}`,
      );
    }
  }
  const stored = storage.convert(array.values);
  checkOverflow(array, stored, dataType, name);
  return new Uint8Array(stored.buffer, stored.byteOffset, stored.byteLength);
}

/** The values are finite; what is infinite now has overflown. */
function checkOverflow(array: NumericArray, stored: ArrayBufferView, dataType: number, name: string): void {
  const infinite: Readonly<Record<number, (value: number) => boolean>> = {
    1: (value) => !Number.isFinite(value),
    10: (value) => (value & 0x7c00) === 0x7c00,
    16: (value) => (value & 0x7f80) === 0x7f80,
  };
  const index = infinite[dataType] === undefined ? -1 : (stored as Float32Array).findIndex(infinite[dataType]);
  if (index >= 0)
    throw inputError(array.place, `values that ${name} holds`, `${array.values[index]} at index ${index}`);
}
