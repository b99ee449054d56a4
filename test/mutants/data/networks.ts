import { type FaultTable, mutantsOf } from "../mutant.ts";

const table: FaultTable = {
  "src/stages/network/onnxMessages.ts": [
    ["onnxMessages-dim", 'dimValue: one(1, "int64")', 'dimValue: one(2, "int64")', "shapes without sizes"],
  ],
  "src/stages/network/protobuf.ts": [
    ["protobuf-end", "reader.uint32() + reader.pos", "reader.uint32() + reader.pos - 1", "last packed number lost"],
    ["protobuf-behind", "if (reader.pos > end)", "if (reader.pos > end + 1)", "a byte behind the message"],
  ],
  "src/stages/network/arrays/idx.ts": [
    ["idx-item", "view.getInt16(2 * i)", "view.getInt16(2 * i, true)", "wrong byte order"],
  ],
  "src/stages/network/arrays/index.ts": [
    ["arrays-member", "file.names.length !== 1", "file.names.length > 2", "one of two tensors is taken"],
  ],
  "src/stages/network/arrays/matrixMarket.ts": [
    ["matrixMarket-skew", '"symmetric" ? value : -value', '"symmetric" ? value : value', "dropped sign"],
    ["matrixMarket-base", "Number(word) - 1 : -1", "Number(word) : -1", "rows counted from 0"],
  ],
  "src/stages/network/arrays/npy.ts": [
    ["npy-fortran", "product(shape.slice(0, axis))", "product(shape.slice(axis + 1))", "column order read as rows"],
  ],
  "src/stages/network/arrays/npz.ts": [
    ["npz-bound", "byteCount > bound", "byteCount > 2 * bound", "more data than declared"],
    ["npz-checksum", "found !== expected", "found === expected + 1", "checksums are not compared"],
  ],
  "src/stages/network/arrays/zipDirectory.ts": [
    ["zipDirectory-note", "nameEnd + view", "nameEnd - 1 + view", "entries begin a byte early"],
    ["zipDirectory-wide", "wide + offset", "wide + offset + 4", "the upper half of 64-bit numbers"],
  ],
  "src/stages/network/arrays/safetensors.ts": [
    ["safetensors-offset", "this.dataOffset + entry.start,", "entry.start,", "header read as data"],
    ["safetensors-hole", "if (start > covered) faults", "if (start > covered + 8) faults", "small holes pass"],
  ],
  "src/stages/network/checkInputs.ts": [
    ["checkInputs-empty", "!fits || sampleCount === 0", "!fits", "no sample passes"],
  ],
  "src/stages/network/edit/channelCount.ts": [
    ["channelCount-groups", "layer.groupCount * layer.matrixCols", "layer.matrixCols", "filters of one group"],
  ],
  "src/stages/network/edit/channelPaths.ts": [
    ["channelPaths-offset", "offset: before + at.offset", "offset: before", "nested concatenation"],
    ["channelPaths-unit", "at.offset * unit, unit", "at.offset, unit", "wrong rows behind a flattening"],
  ],
  "src/stages/network/edit/editableModel.ts": [
    ["editableModel-align", "Math.ceil(size / DATA_ALIGNMENT)", "Math.floor(size / DATA_ALIGNMENT)", "tensors overlap"],
  ],
  "src/stages/network/edit/rearrange.ts": [
    ["rearrange-order", "order[c]! * unitWords", "c * unitWords", "nothing moves"],
    ["rearrange-filters", "col * matrixRows + row : row", "col * matrixCols + row : row", "other weights are cleared"],
  ],
  "src/stages/network/file/attributes.ts": [
    ["attributes-default", "fallback : Number(attribute.i ?? 0n)", "fallback : fallback", "integers ignored"],
  ],
  "src/stages/network/file/decodeModel.ts": [
    ["decodeModel-opset", "proto.opsetImport.length === 0", "proto.opsetImport.length < 0", "truncated models pass"],
  ],
  "src/stages/network/file/dequantize.ts": [
    [
      "dequantize-zero",
      "(Number(integers.values[i]!) - zeroPoint)",
      "Number(integers.values[i]!)",
      "zero point forgotten",
    ],
  ],
  "src/stages/network/file/externalData.ts": [
    ["externalData-climb", "if (absolute || climbing ||", "if (absolute ||", "paths climb out of the folder"],
  ],
  "src/stages/network/file/graph.ts": [
    [
      "graph-twice",
      "if (known.has(name)) faults.add(`${place}, tensor",
      "if (name === place) faults.add(`${place}, tensor",
      "two producers pass",
    ],
  ],
  "src/stages/network/file/half.ts": [
    ["half-exponent", "2 ** (exponent - 15)", "2 ** (exponent - 14)", "twice the value"],
    ["half-tie", "0x7fff + ((single >>> 16) & 1)", "0x8000", "halves rounded up"],
  ],
  "src/stages/network/file/lowerQuantized.ts": [
    ["lowerQuantized-bias", "* step[0]! * (weightScales", "* (weightScales", "bias without the input's step"],
  ],
  "src/stages/network/file/tensorData.ts": [
    ["tensorData-bits", "(product(shape) * type.bits) / 8", "product(shape) * type.bits", "bits for bytes"],
  ],
  "src/stages/network/inference/floatRun.ts": [
    ["floatRun-wanted", "[this.outputName, ...source.wanted]", "[this.outputName]", "no activations"],
  ],
  "src/stages/network/inference/load.browser.ts": [
    ["onnx-browser-folder", 'besideBundle("onnxruntime/")', 'besideBundle("onnx/")', "wrong folder"],
  ],
  "src/stages/network/inference/mixedRun.ts": [
    ["mixedRun-groups", "layer.groupCount * layer.matrixCols", "layer.matrixCols", "channels of one group"],
  ],
  "src/stages/network/inference/plan.ts": [
    ["plan-last-use", "!later.has(name)", "later.has(name)", "tensors dropped too early"],
  ],
  "src/stages/network/inference/runtime.ts": [
    ["runtime-place", "node === undefined ? place :", "node !== undefined ? place :", "node not named"],
  ],
  "src/stages/network/inference/segmentModel.ts": [
    ["segmentModel-types", "elemType: inputTypes[index]!", "elemType: inputTypes[0]!", "type of the first input"],
  ],
  "src/stages/network/inference/tensors.ts": [
    ["tensors-slice", "subarray(first * perSample,", "subarray(0,", "samples from the first on"],
  ],
  "src/stages/network/layers/batchNorm.ts": [
    ["batchNorm-mean", "(before - mean![channel]!)", "(before + mean![channel]!)", "dropped sign"],
  ],
  "src/stages/network/layers/conv.ts": [
    [
      "conv-pads",
      "[pads[0]!, pads[1]!, pads[2]!, pads[3]!]",
      "[pads[0]!, pads[2]!, pads[1]!, pads[3]!]",
      "pads in the wrong order",
    ],
    ["conv-group-offset", "group * matrixRows * matrixCols);", "0);", "groups overwrite each other"],
  ],
  "src/stages/network/layers/dense.ts": [["dense-alpha", "scale * alpha", "scale", "alpha forgotten"]],
  "src/stages/network/layers/extract.ts": [
    ["extract-domain", 'node.domain === "" ? MAPPERS', 'node.domain !== "com" ? MAPPERS', "operators of other domains"],
  ],
  "src/stages/network/layers/operands.ts": [
    [
      "operands-transpose",
      "source[offset + col * rowCount + row]!",
      "source[offset + row * colCount + col]!",
      "not transposed",
    ],
  ],
  "src/stages/network/openNetwork.ts": [
    ["openNetwork-slice", "index * perSlice, perSlice", "0, perSlice", "first slice again"],
  ],
  "src/stages/network/preprocess.ts": [
    [
      "preprocess-mean",
      "(pixels[at]! * scale - mean[channel]!)",
      "(pixels[at]! * scale - mean[from]!)",
      "mean of the reversed channel",
    ],
    [
      "preprocess-scale",
      "values: scaled(pixels, config, array.place)",
      "values: Float32Array.from(pixels)",
      "unscaled",
    ],
    ["preprocess-nhwc", 'isGrey ? "nchw" : config.input.layout', "config.input.layout", "grey images reordered"],
  ],
  "src/stages/network/readModel.ts": [
    ["readModel-batch", "size > 0 ? size : null", "size > 1 ? size : null", "axis of one taken for any"],
  ],
  "src/stages/network/shape.ts": [["shape-product", "total * size, 1)", "total * size, 2)", "twice the elements"]],
  "src/stages/network/syntheticInputs.ts": [
    ["syntheticInputs-seed", "seededGenerator(seed)", "seededGenerator(0)", "seed ignored"],
  ],
  "src/stages/network/weights/assign.ts": [
    ["assign-group", "index * array.values.length", "0", "groups overwrite each other"],
    ["assign-default", "`${name}_${group + 1}`", "`${name}_${group}`", "groups counted from 0"],
  ],
  "src/stages/network/weights/elements.ts": [
    ["elements-least", "least: -128, most: 127", "least: -128, most: 128", "a byte wraps"],
  ],
  "src/stages/network/weights/fillIn.ts": [
    ["fillIn-whole", "[layer, ...(matchGlob", "[pattern, ...(matchGlob", "$0 is the pattern"],
  ],
  "src/stages/network/weights/ingest.ts": [["ingest-mask", "mask[index] === 0", "mask[index] === 1", "mask reversed"]],
  "src/stages/network/weights/rules.ts": [
    ["rules-empty", "if (keep !== isEmpty)", "if (keep && !isEmpty)", "rules without tensors pass"],
  ],
  "src/stages/network/weights/tensorFile.ts": [
    ["tensorFile-name", '.replace(/\\.[^.]*$/, "")', "", "name with extension"],
  ],
};

export const networkMutants = mutantsOf(table);
