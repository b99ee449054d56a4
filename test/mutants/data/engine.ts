import { type FaultTable, mutantsOf } from "../mutant.ts";

const table: FaultTable = {
  "src/stages/compress/blockStreams.ts": [
    [
      "blockStreams-previous",
      "addStream(vector, rows.start - 1,",
      "addStream(vector, rows.start,",
      "dense rows one too high",
    ],
    ["blockStreams-bitline", "start - block.bitlines.start, count", "start, count", "bitlines of another block"],
  ],
  "src/stages/compress/codeTable.ts": [
    ["codeTable-end", "1 << ((octets - 1) % OCTETS)", "1 << (octets % OCTETS)", "crossbars end one octet late"],
    ["codeTable-rows", "block.firstRow !== firstRow || ", "", "blocks of other rows are joined"],
  ],
  "src/stages/compress/compressLayer.ts": [
    ["compressLayer-groups", "span, block.groups.length, block", "span, 1, block", "one group a dense crossbar"],
    [
      "compressLayer-tallest",
      "Math.max(0, ...groups.map(({ chunks }) => chunks.length))",
      "groups[0]!.chunks.length",
      "as many crossbars as the first group needs",
    ],
  ],
  "src/stages/compress/countCosts.ts": [["countCosts-table", ": Infinity,", ": 0,", "tables where none can be"]],
  "src/stages/compress/countPlan.ts": [
    ["countPlan-choice", "costs[way] < costs[best]", "costs[way] > costs[best]", "the slowest way"],
  ],
  "src/stages/compress/crossbarClasses.ts": [
    [
      "crossbarClasses-covers",
      "+ MEMBER_MULTIPLICITY]! < members",
      "+ MEMBER_MULTIPLICITY]! > members",
      "the slower crossbar is dropped",
    ],
    [
      "crossbarClasses-again",
      "+ MEMBER_MULTIPLICITY]! += multiplicity",
      "+ MEMBER_MULTIPLICITY]! = multiplicity",
      "a list that comes twice counts once",
    ],
  ],
  "src/stages/compress/keptRowsMap.ts": [
    [
      "keptRowsMap-word",
      "bits |= (words[index + 1] ?? 0) << (WORD_BITS - shift)",
      "bits |= 0",
      "rows of the second word lost",
    ],
    ["keptRowsMap-cut", "left < WORD_BITS ? bits & ~(-1 << left) : bits", "bits", "rows of the next crossbar"],
  ],
  "src/stages/compress/occupiedBitlines.ts": [
    ["occupiedBitlines-end", "bits &= ~(-1 << (end % WORD_BITS))", "bits &= -1", "bitlines of the next block"],
    ["occupiedBitlines-rows", "config.ou.rows, block.start)", "config.ou.rows, 0)", "rows of the first block"],
  ],
  "src/stages/compress/orcTally.ts": [
    ["orcTally-fillers", "kept - countBits(mask)", "kept", "every kept row a filler"],
    ["orcTally-bits", "this.keptRows * indexBits", "this.keptRows", "one bit an entry"],
  ],
  "src/stages/compress/packGroup.ts": [
    ["packGroup-filler", "row - previous > reach", "row - previous >= reach", "filler one row too early"],
    ["packGroup-width", "Infinity : 2 ** indexBits", "Infinity : 2 ** indexBits - 1", "index width off by one"],
    ["packGroup-chunk", "    start = end;\n", "", "chunks start at the first row"],
    [
      "packGroup-word",
      "previous = firstRow + WORD_BITS - 1 -",
      "previous = firstRow + WORD_BITS -",
      "gaps one too short",
    ],
  ],
  "src/stages/compress/rowSets.ts": [
    ["rowSets-groups", "+ LIST_GROUPS]! += records", "+ LIST_GROUPS]! = records", "equal segments count once"],
    ["rowSets-rows", "= rowCounts[set]!", "= rowCounts[rank]!", "rows of another list"],
  ],
  "src/stages/compress/segmentTable.ts": [
    ["segmentTable-start", "bits &= -1 << (start % WORD_BITS)", "bits &= -1", "rows before the run"],
    ["segmentTable-span", "count: Math.ceil(endRow", "count: Math.floor(endRow", "last rows of a span lost"],
  ],
  "src/stages/compress/streamTable.ts": [
    ["streamTable-entries", "this.entryCount += entries.length", "this.entryCount += 0", "streams share entries"],
  ],
  "src/stages/compress/zeroSegments.ts": [
    ["zeroSegments-odd", "flags[half] = flags[count - 1]!", "flags[half] = 0", "last narrow segment zero"],
  ],
  "src/stages/cost/area.ts": [
    ["area-index", "cu.perTile * perCu * rows", "cu.perTile * rows", "index of one crossbar a CU"],
    ["area-array", "crossbar_mm2 * rowRatio * colRatio", "crossbar_mm2 * rowRatio", "columns forgotten"],
  ],
  "src/stages/cost/cuBusy.ts": [["cuBusy-copies", "own_ns / layer.copies", "own_ns", "copies do not share windows"]],
  "src/stages/cost/energy.ts": [
    [
      "energy-adc",
      '=== "adcConversion8" ? conversion : 1',
      '=== "adcConversion8" ? 1 : conversion',
      "ADC law on everything else",
    ],
    ["energy-isaac", "ISAAC_ADC_BITS : adcBits(config)", "adcBits(config) : ISAAC_ADC_BITS", "ADC widths swapped"],
    ["energy-edram", '["edramReads", "edramWrites"]', '["edramReads"]', "writes are free"],
  ],
  "src/stages/cost/pipeline.ts": [
    ["pipeline-windows", ">= windowsPerSample", "> windowsPerSample", "one copy more than windows"],
    ["pipeline-slowest", "time(index) > time(slowest)", "time(index) < time(slowest)", "copies for the fastest"],
  ],
  "src/stages/cost/prices.ts": [
    ["prices-estimate", "estimate: false }", "estimate: preset.estimate }", "own prices are estimates"],
  ],
  "src/stages/map/chipFit.ts": [
    ["chipFit-full", "<= crossbarsAvailable", "< crossbarsAvailable", "a full chip does not fit"],
    ["chipFit-tiles", "ceilDiv(cus, config.cu.perTile)", "ceilDiv(cus, perCu)", "wrong unit"],
  ],
  "src/stages/map/columnsUnder.ts": [
    ["columnsUnder-start", "start: start - firstCol * slicesPerWeight", "start", "other bitlines"],
  ],
  "src/stages/map/crossbarUse.ts": [
    ["crossbarUse-sum", "]! += countBits(mask)", "]! = countBits(mask)", "last segment only"],
  ],
  "src/stages/map/placeMatrix.ts": [
    ["placeMatrix-slices", "ceilDiv(weightBits - 1, cellBits)", "ceilDiv(weightBits, cellBits)", "a slice too many"],
    ["placeMatrix-groups", "config.ou.cols, bitlines.start)", "config.ou.cols, 0)", "groups of the first block"],
    [
      "placeMatrix-cells",
      "usedCellCount += rows.count * block.bitlines.count",
      "usedCellCount += rows.count",
      "columns forgotten",
    ],
  ],
  "src/stages/quantize/activations.ts": [
    [
      "activations-signed",
      "const signed = range.min < 0;",
      "const signed = range.min <= 0;",
      "zero counts as negative",
    ],
    ["activations-mask", "codes[i] = value & bitMask", "codes[i] = value", "bits above the planes"],
    [
      "activations-integers",
      "Math.round(range.max / step) <= topCode",
      "Math.round(range.max / step) < topCode",
      "largest code quantised again",
    ],
  ],
  "src/stages/quantize/elementPlace.ts": [["elementPlace-axis", "axis >= 0", "axis > 0", "first coordinate lost"]],
  "src/stages/quantize/quantizeLayer.ts": [
    ["quantizeLayer-channel", "group * channelsPerGroup", "group", "wrong channels of a group"],
    ["quantizeLayer-scales", "subarray(group * colCount,", "subarray(0,", "scales of the first group"],
  ],
  "src/stages/quantize/quantizeMatrix.ts": [
    [
      "quantizeMatrix-shape",
      "activations.shape[1] !== weights.shape[0]",
      "activations.shape[1] !== weights.shape[1]",
      "wrong axis",
    ],
  ],
  "src/stages/quantize/scale.ts": [
    ["scale-largest", "return magnitude / topCode", "return magnitude / (topCode + 1)", "largest value does not fit"],
  ],
  "src/stages/quantize/statistics.ts": [
    ["statistics-plane", "high[code >>> BYTE_BITS]!++", "high[code & BYTE_MASK]!++", "low planes for the high ones"],
  ],
  "src/stages/quantize/weights.ts": [
    ["weights-magnitude", "Math.max(-min, max, 0)", "Math.max(max, 0)", "negative weights do not fit"],
    ["weights-least", "-high : -high - 1", "-high - 1 : -high - 1", "differential weight too small"],
  ],
  "src/stages/report/layerReport.ts": [
    ["layerReport-fillers", "(orc.keptRows - orc.fillerRows)", "orc.keptRows", "fillers count as weights"],
    ["layerReport-latency", "latencyCycles * cycle_ns,", "latencyCycles * naive_ns,", "wrong cycle"],
    ["layerReport-empty", "emptyPlanes / planes", "emptyPlanes / windowCount", "wrong denominator"],
  ],
  "src/stages/report/totals.ts": [
    ["totals-speedup", "own.ouOps * cycle_ns", "own.ouOps * naive_ns", "wrong cycle"],
    ["totals-share", "estimated_pJ / own.energy_pJ", "estimated_pJ / naive.energy_pJ", "wrong denominator"],
  ],
  "src/stages/simulate/countLayer.ts": [
    [
      "countLayer-split",
      "crossbarOf(end) === crossbarOf(end - 1)",
      "crossbarOf(end) !== crossbarOf(end - 1)",
      "crossbars cut in two",
    ],
    ["countLayer-dense", "index === 0 ? dense :", "index < 2 ? dense :", "dense crossbars counted twice"],
  ],
  "src/stages/simulate/crossbarWork.ts": [
    ["crossbarWork-bound", "Math.min(latencyCycles, ouOps * part(own))", "ouOps * part(own)", "longer than the layer"],
  ],
  "src/stages/simulate/disturbLayer.ts": [
    ["disturbLayer-noise", "(sums[i]! - ideal[i]!) ** 2", "(sums[i]! + ideal[i]!) ** 2", "dropped sign"],
  ],
  "src/stages/simulate/disturbed.ts": [
    ["disturbed-window", "task.firstWindow + window", "window", "draws of other windows"],
  ],
  "src/stages/simulate/executor.ts": [
    [
      "executor-windows",
      "runTask(kernels, task, windows))",
      "runTask(kernels, task, windows.slice(1)))",
      "first window lost",
    ],
  ],
  "src/model/schemes/planeOus.ts": [
    ["planeOus-dac", "events.dacRows += groups * rows", "events.dacRows += rows", "groups share a drive"],
    ["planeOus-bitlines", "crossbarOps += ouOps", "crossbarOps = ouOps", "last group for the crossbar"],
  ],
  "src/stages/simulate/openRows.ts": [
    ["openRows-full", "+= full * mask.groupCount", "+= full", "equal groups count once"],
  ],
  "src/stages/simulate/outputTensor.ts": [
    ["outputTensor-entry", "firstChannel += perWindow", "firstChannel += 0", "groups overwrite each other"],
  ],
  "src/stages/simulate/runLayer.ts": [
    ["runLayer-progress", "onWindows(part.length)", "onWindows(tile)", "more windows than there are"],
  ],
  "src/stages/simulate/pieces.ts": [
    ["pieces-rows", "Math.min(step, rowCount - start)", "step", "rows behind the last one"],
    ["pieces-split", "work = workOf(item);", "work = 0;", "more work than a task takes"],
    ["pieces-sum", "total![i]! += part[i]!", "total![i]! = part[i]!", "only the last part counts"],
  ],
  "src/model/schemes/dof.ts": [["dof-streams", 'streams: "dense"', 'streams: "orc"', "planes of kept rows"]],
  "src/model/schemes/isaac.ts": [["isaac-step", 'step: "crossbar"', 'step: "ou"', "steps as short as an OU's"]],
  "src/model/schemes/naive.ts": [["naive-placement", 'placement: "dense"', 'placement: "orc"', "packed rows"]],
  "src/model/schemes/occ.ts": [["occ-cols", "config.ou.cols", "config.ou.rows", "L and H swapped"]],
  "src/model/schemes/orc.ts": [["orc-sums", "runningSums: orc.keptRows", "runningSums: 0", "index sums are free"]],
  "src/model/schemes/orcDof.ts": [["orcDof-index", "...readIndex(layer),", "", "index is free"]],
  "src/model/schemes/recom.ts": [["recom-inputs", " - zeros.zeroRowCount", "", "deleted rows are read"]],
  "src/model/schemes/schemes.ts": [
    ["schemes-functional", '"streams" in rules[name]', '!("extras" in rules[name])', "orc is never verified"],
  ],
  "src/stages/simulate/schemeOus.ts": [
    ["schemeOus-extras", "rule.extras?.(layer) ?? {}", "{}", "what schemes do beside their OUs is free"],
  ],
  "src/stages/simulate/schemeCounts.ts": [
    ["schemeCounts-fill", "events.latencyCycles + fill", "events.latencyCycles", "pipeline fill forgotten"],
    ["schemeCounts-dac", "openRows : totals.ouOps * config.ou.rows", "openRows : openRows", "option without effect"],
    ["schemeCounts-busiest", "Math.max(most, count)", "count", "last crossbar for the busiest"],
    ["schemeCounts-wordlines", "planeCount * (extras.", "windowCount * (extras.", "planes forgotten"],
  ],
  "src/stages/simulate/tasks.ts": [
    [
      "tasks-slower",
      "Math.max(x.latencyCycles, y.latencyCycles)",
      "x.latencyCycles + y.latencyCycles",
      "crossbars one after the other",
    ],
    ["tasks-rows", "from += rowCount, to", "from += rows.count, to", "codes of other rows"],
    ["tasks-streams", "blockStreams[streams]", "blockStreams.dense", "packed rows are never read"],
  ],
  "src/stages/simulate/taskForm.ts": [
    [
      "taskForm-matrix",
      "if (matrixIndex < task.matrices.length)",
      "if (matrixIndex <= task.matrices.length)",
      "one behind",
    ],
  ],
  "src/stages/simulate/traceRounds.ts": [
    ["traceRounds-zero", "open.length * zeroDigit", "zeroDigit", "zero code taken off once"],
  ],
  "src/stages/simulate/windows.ts": [
    ["windows-pad", "padTop: pads[0],", "padTop: pads[2],", "bottom for top"],
    ["windows-place", "x * strides[1] - conv.padLeft", "x * strides[0] - conv.padLeft", "strides swapped"],
  ],
};

export const engineMutants = mutantsOf(table);
