import type { Run, WeightMatrix } from "../../../bindings/kernels.ts";
import {
  arrayOf,
  byKey,
  choice,
  flag,
  inTurn,
  listOf,
  nullable,
  number,
  record,
  whole,
} from "../../model/base/forms.ts";
import type { Form } from "../../model/base/forms.ts";
import { FUNCTIONAL_SCHEMES } from "../../model/ir/report.ts";

// What a task must be made of that comes in a message; what the numbers and contents of its arrays may be, the kernels check.

const count = whole(0);
const run = record({ start: count, count });
const coding = choice("offset", "positive", "negative");
const indices = arrayOf("Int32Array");
const words = arrayOf("Uint32Array");

const conv = record({
  geometry: record({ kernel: listOf(count, 2), strides: listOf(count, 2), dilations: listOf(count, 2) }),
  ...{ padTop: count, padLeft: count, outHeight: count, outWidth: count, channelCount: count },
  ...{ height: count, width: count, firstChannel: count, channelsPerVector: count },
});
const source = record({
  ...{ windowCount: count, vectorCount: count, rowCount: count },
  codes: arrayOf("Uint16Array"),
  conv: nullable(conv),
});
const format = record({ bits: whole(1), signed: flag, scale: number });
const matrix = inTurn(
  record({ values: arrayOf("Int16Array"), rowCount: whole(1), colCount: whole(1), weightBits: whole(1) }),
  (value, place, faults) => {
    const { values, rowCount, colCount } = value as WeightMatrix;
    if (values?.length !== rowCount * colCount)
      faults.add(`${place}.values`, `${rowCount} x ${colCount}`, `${values?.length}`);
  },
);
const matrices = listOf(matrix, 1);
/** Blocks are of the matrices beside them. */
const ofMatrices: Form = (value, place, faults) => {
  const task = value as { blocks: readonly { matrixIndex: number }[]; matrices: readonly WeightMatrix[] };
  for (const [index, { matrixIndex }] of task.blocks.entries()) {
    if (matrixIndex < task.matrices.length) continue;
    faults.add(`${place}.blocks[${index}].matrixIndex`, `below ${task.matrices.length}`, `${matrixIndex}`);
  }
};
/** Rows that are multiplied are of the source and of the matrices. */
const ofSource: Form = (value, place, faults) => {
  const { rows, source } = value as { rows: Run; source: { rowCount: number } };
  const end = rows.start + rows.count;
  if (end > source.rowCount) faults.add(`${place}.rows`, `an end of at most ${source.rowCount}`, `${end}`);
};

const segments = record({ records: indices, masks: words, segmentCount: count, crossbarCount: count });
const lists = record({ records: indices, listCount: count });
const counted = { segments, rowCount: count };
const plan = byKey("by", {
  popcounts: record(counted),
  slices: record({ ...counted, lists, classes: record({ records: indices, classCount: count, members: indices }) }),
  table: record({
    ...{ ...counted, lists },
    table: record({
      ...{ blocks: indices, blockCount: count, positions: words, laneCodes: arrayOf("Uint8Array") },
      ...{ laneBitlines: words, crossbarEnds: arrayOf("Uint16Array") },
    }),
  }),
});

const streams = record({ records: indices, entries: words, streamCount: count });
const execution = {
  ...{ source, format, matrices },
  blocks: listOf(
    record({ matrixIndex: count, block: record({ coding, bitlines: run }), dense: streams, orc: streams }),
  ),
  ...{ cellBits: whole(1), ouRows: whole(1), adcTransfer: indices },
};

const key = listOf(count, 2);
const levels = record({ levels: arrayOf("Uint8Array"), rowCount: count, strideBytes: count, bitlines: run });
const programmed = { rowCount: count, strideCells: count, bitlines: run };
const adc = record({ mode: choice("clip", "scale"), topCode: whole(1) });
const cells = byKey("engine", {
  cells: record({ block: record({ ...programmed, values: arrayOf("Float32Array") }) }),
  "cells-i16": record({ block: record({ ...programmed, values: arrayOf("Int16Array") }) }),
  table: record({
    table: record({
      ...{ ouRows: whole(1), cellBits: whole(1), slotBits: whole(1), isWide: flag, slots: words, topValue: count, adc },
    }),
  }),
});
const disturbed = {
  ...{ source, format, matrices },
  blocks: listOf(record({ matrixIndex: count, coding, levels, streams, key, cells })),
  ...{ formation: choice("fixed", "dynamic"), cellBits: whole(1), firstWindow: count },
  sense: record({ ouRows: whole(1), adc, offset: number, readSigma: number }),
};

export const taskForm = byKey("kind", {
  count: record({
    ...{ source, format, plans: record({ dense: plan, orc: plan }), ouRows: whole(1), emptyPlaneCycles: count },
  }),
  outputs: inTurn(record({ ...execution, schemes: listOf(choice(...FUNCTIONAL_SCHEMES)) }), ofMatrices),
  product: inTurn(record({ source, format, matrices, rows: run }), ofSource),
  disturbed: inTurn(record(disturbed), ofMatrices),
});
