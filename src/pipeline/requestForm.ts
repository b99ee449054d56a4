import {
  anything,
  arrayOf,
  inTurn,
  byKey,
  choice,
  flag,
  listOf,
  nullable,
  number,
  optional,
  record,
  text,
  whole,
} from "../model/base/forms.ts";
import type { Form } from "../model/base/forms.ts";
import { FUNCTIONAL_SCHEMES, SCHEMES } from "../model/ir/report.ts";
import type { NumericArray } from "../model/ir/request.ts";

// What a request to simulate must be made of. Its configuration is the parser's to check.

const CLASSES: Readonly<Record<NumericArray["dtype"], string>> = {
  ...{ i1: "Int8Array", u1: "Uint8Array", i2: "Int16Array", u2: "Uint16Array", i4: "Int32Array", u4: "Uint32Array" },
  ...{ i8: "BigInt64Array", u8: "BigUint64Array", f4: "Float32Array", f8: "Float64Array" },
};

const count = whole(0);
const bytes = arrayOf("Uint8Array");

/** As many values as the shape says. */
const holdsShape: Form = (value, place, faults) => {
  const { shape, values } = value as NumericArray;
  const size = shape.reduce((product, extent) => product * extent, 1);
  if (size !== values.length)
    faults.add(`${place}.values`, `${size} values for shape [${shape.join(",")}]`, `${values.length}`);
};

const array = byKey(
  "dtype",
  Object.fromEntries(
    Object.entries(CLASSES).map(([dtype, name]) => [
      dtype,
      inTurn(record({ place: text, shape: listOf(count), values: arrayOf(name) }), holdsShape),
    ]),
  ),
);

const file = record({ place: text, bytes });
const weightsFrom = optional(
  record({ weights: listOf(file), masks: listOf(file), rules: optional(record({ text, place: text })) }),
);
const matrix = record({ values: arrayOf("Int16Array"), rowCount: whole(1), colCount: whole(1), weightBits: whole(1) });
const layer = record({
  ...{ name: text, op: text, matrices: listOf(matrix, 1), weightScale: number, firstChannel: count, inputTensor: text },
  ...{
    activations: record({ bits: whole(1), signed: flag, scale: number }),
    geometry: record({ kind: choice("conv", "dense") }),
  },
});
const batch: Form = (value, place, faults) => {
  if (!(value instanceof Map)) faults.add(place, "codes by tensor", String(value));
};

const workload = byKey("kind", {
  matrix: record({ name: text, weights: array, weightsTransposed: optional(flag), activations: optional(array) }),
  network: record({
    ...{ name: text, model: bytes, inputs: optional(array), labels: optional(array), calibration: optional(array) },
    ...{ syntheticInputsSeed: optional(count), weightsFrom },
  }),
  zoo: record({ name: text, variant: text, seed: count, weightsFrom }),
  recorded: record({
    ...{ name: text, synthetic: flag, recordedBy: text, sampleCount: whole(1), skipped: listOf(anything) },
    ...{ ingested: listOf(anything), scored: nullable(record({ accuracy: record({}), predictions: record({}) })) },
    sets: listOf(record({ entries: listOf(record({ layer, windowCount: count })), batches: listOf(batch) })),
  }),
});

export const requestForm = record({
  workload,
  config: record({}),
  source: record({ source: text, sha256: text }),
  schemes: listOf(choice(...SCHEMES), 1),
  samples: optional(whole(1)),
  layers: optional(listOf(text)),
  seed: count,
  verifyWindows: (value, place, faults) => value === "all" || count(value, place, faults),
  outputsOf: optional(choice(...FUNCTIONAL_SCHEMES)),
  collectDetail: optional(flag),
});
