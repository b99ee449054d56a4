import { type FaultTable, mutantsOf } from "../mutant.ts";

const table: FaultTable = {
  "bindings/arena.ts": [
    [
      "arena-align",
      "Math.ceil(address / ARENA_ALIGN_BYTES)",
      "Math.floor(address / ARENA_ALIGN_BYTES)",
      "blocks overlap",
    ],
    ["arena-free", "this.blocks.length > mark)", "this.blocks.length > mark + 1)", "one block is never freed"],
    ["arena-end", "if (after > this.end)", "if (address > this.end)", "last block reaches behind the region"],
  ],
  "bindings/boundModule.ts": [
    ["boundModule-stale", "diagnostics.splice(0)", "diagnostics.slice(0)", "diagnostics told again"],
  ],
  "bindings/bulk.ts": [
    [
      "bulk-clip-limit",
      "!== Math.min(sum, limit)) return -1",
      "> Math.min(sum, limit)) return -1",
      "any ADC taken for clipping",
    ],
    ["bulk-zero-rows", "zeroRowCount += counts[1]!", "zeroRowCount = counts[1]!", "only the last piece counts"],
    [
      "bulk-bitline-start",
      "bitlines.start - cols.start * sliceCount(weightBits, cells)",
      "bitlines.start",
      "wrong columns",
    ],
    ["bulk-piece-mask", "(rows.start >>> 3)", "(rows.start >>> 2)", "pieces lie too far apart"],
  ],
  "bindings/check.ts": [
    ["check-class", "found !== type", "found === undefined", "arrays of any class"],
    ["check-run-end", "start + count <= limit) return", "start <= limit) return", "runs end outside"],
    ["check-least-weight", "-most - 1 : -most, most", "-most : -most, most", "smallest weight refused"],
    ["check-crossbar", "previousCrossbar = crossbar;", "previousCrossbar = 0;", "crossbars in any order"],
  ],
  "bindings/checkDevice.ts": [
    ["checkDevice-stuck", "stuckHigh, 0, 1 - stuckLow", "stuckHigh, 0, 1", "more stuck cells than cells"],
    [
      "checkDevice-windows",
      'windows, "Uint32Array", planes.windowCount)',
      'windows, "Uint32Array")',
      "any number of windows",
    ],
  ],
  "bindings/checkPlan.ts": [
    ["checkPlan-first-row", "0, rowCount - end, index", "0, rowCount, index", "rows behind the last one"],
    [
      "checkPlan-step",
      "run.count === 0 || run.count % abi.CODE_STEP !== 0",
      "run.count === 0",
      "half steps of positions",
    ],
  ],
  "bindings/checkReads.ts": [
    ["checkReads-last-row", "row >= rowLimit", "row > rowLimit", "one row behind the cells"],
    ["checkReads-levels", "bits |= words[i]!", "bits = words[i]!", "only the last cells are looked at"],
  ],
  "bindings/scratch.ts": [
    ["scratch-planes", "* bits * (abi.LANE_BYTES + 4)", "* (abi.LANE_BYTES + 4)", "planes forgotten"],
    ["scratch-entries", "entries * planeCount * ENTRY", "planeCount * ENTRY", "entries forgotten"],
  ],
  "bindings/checkWindows.ts": [
    ["checkWindows-window", "window >= source.windowCount", "window > source.windowCount", "one window too many"],
    ["checkWindows-codes", "codes.length < least)", "codes.length < least - 1)", "one code missing"],
  ],
  "bindings/coding.ts": [
    [
      "bindings-coding-slices",
      "weightBits : weightBits - 1",
      "weightBits : weightBits",
      "a bit too many of differential weights",
    ],
    ["bindings-coding-zero", ">> (cells.cellBits * slice)) &", ">> slice) &", "zero code of another slice"],
  ],
  "bindings/compositions.ts": [
    ["compositions-rest", "cellCounts[0] = cells - sum", "cellCounts[0] = cells", "too many cells of level 0"],
    ["compositions-choices", "- logFactorial[n]! - logFactorial[cells - n]!", "- logFactorial[n]!", "wrong binomial"],
  ],
  "bindings/countPlan.ts": [
    ["fitsTable-ops", "bits * Math.ceil(mostRows / ouRows) <= TABLE_LIMIT &&", "", "counts outgrow a byte"],
  ],
  "bindings/countWindows.ts": [
    [
      "bindings-countWindows-pad",
      "[abi.SOURCE_PAD_LEFT] = conv.padLeft",
      "[abi.SOURCE_PAD_LEFT] = conv.padTop",
      "paddings swapped",
    ],
    [
      "bindings-countWindows-start",
      "[abi.COUNT_WINDOW_START] = windows.start",
      "[abi.COUNT_WINDOW_START] = 0",
      "always from window 0",
    ],
  ],
  "bindings/deviceCalls.ts": [
    [
      "deviceCalls-top-value",
      '"clip" ? options.adc.topCode : fullScale',
      '"clip" ? fullScale : options.adc.topCode',
      "bounds swapped",
    ],
    ["deviceCalls-runs", "runs.length / (levelCount + 2)", "runs.length / (levelCount + 3)", "last runs not counted"],
  ],
  "bindings/index.ts": [
    ["loadKernels-backend", '? "wasm-scalar" : "wasm-simd"', '? "wasm-simd" : "wasm-scalar"', "backends swapped"],
  ],
  "bindings/kernelCalls.ts": [
    ["kernelCalls-version", "version !== ABI_VERSION", "version > ABI_VERSION", "older modules accepted"],
    ["kernelCalls-reset", "this.arena.reset(mark);", "this.arena.mark();", "memory is never given back"],
  ],
  "bindings/load.browser.ts": [
    ["load-browser-status", "if (!response.ok)", "if (response.ok)", "good answers refused"],
  ],
  "bindings/load.inline.ts": [
    [
      "load-inline",
      "= { release, scalar, worker };",
      "= { release: worker, scalar, worker: release };",
      "modules swapped",
    ],
  ],
  "bindings/load.node.ts": [["load-node-folder", "folder === undefined ?", "folder !== undefined ?", "folder ignored"]],
  "bindings/popcountWindows.ts": [
    ["popcountWindows-start", "(_, i) => start + i", "(_, i) => i", "always the first windows"],
    ["popcountWindows-step", "Math.min(step, end - start)", "step", "windows behind the end"],
  ],
  "bindings/quantize.ts": [
    [
      "bindings-quantize-piece",
      "calls.fill(codes.subarray(start, start + PIECE_VALUES)",
      "calls.fill(codes.subarray(0, piece.length)",
      "every piece to the front",
    ],
    ["bindings-quantize-range", "min = Math.min(min, range[0]!)", "min = range[0]!", "least of the last piece"],
  ],
  "bindings/scalar.ts": [["scalar-check", "plans.forEach(checkPlanContents);", "", "plans are not checked"]],
  "bindings/scalarDevice.ts": [
    ["scalarDevice-check", "check.checkSensingSpec(spec, key);", "", "tables are not checked"],
  ],
  "bindings/sensingTable.ts": [
    ["sensingTable-rest", "b.rest - a.rest ||", "a.rest - b.rest ||", "units to the smallest rests"],
    ["sensingTable-alias", "units[j]! -= slotUnits - units[i]!", "units[j]! -= slotUnits", "alias gives too much"],
    [
      "sensingTable-entry",
      "(1 + (topLevel * openRows) / 2)",
      "(1 + (topLevel * (openRows + 1)) / 2)",
      "entries shifted",
    ],
  ],
  "bindings/sharedMemory.ts": [
    ["sharedMemory-region", "+ thread * bytes", "+ (thread * bytes) / 2", "regions of threads overlap"],
    ["sharedMemory-full", "if (end > this.end)", "if (this.next > this.end)", "an array too many"],
    [
      "sharedMemory-aligned",
      "isAligned && this.holds(values.buffer)",
      "this.holds(values.buffer)",
      "views off a vector boundary",
    ],
  ],
  "bindings/wasm.ts": [
    ["wasm-diagnostic", "takeDiagnostics().length > 0", "takeDiagnostics().length > 1", "wrong geometries taken"],
  ],
  "bindings/weightPieces.ts": [
    ["weightPieces-last", "Math.min(most, rowCount - start)", "most", "rows behind the matrix"],
  ],
  "bindings/workerKernels.ts": [
    ["workerKernels-lanes", "2 ** geometry.cellBits - 1", "2 ** geometry.cellBits", "lanes of a byte too narrow"],
  ],
  "bindings/worker.ts": [
    ["worker-region", "new SharedArena(memory, start, end)", "new SharedArena(memory, end, end)", "no room"],
  ],
  "bindings/scalar/count.ts": [
    ["twin-count-empty", "openRows === 0 ? emptyPlaneCycles : ouOps", "ouOps", "empty planes are free"],
  ],
  "bindings/scalar/disturbed.ts": [
    ["twin-disturbed-noise", "block.bitlines.start + bitline", "bitline", "noise of another bitline"],
  ],
  "bindings/scalar/draws.ts": [["twin-draws-absorb", "mix(b ^ first)", "mix(a ^ first)", "wrong half absorbed"]],
  "bindings/scalar/masks.ts": [
    ["twin-masks-slice", "[weight, bitline % slices]", "[weight, slices - 1 - (bitline % slices)]", "slices reversed"],
  ],
  "bindings/scalar/mvm.ts": [["twin-mvm-zero", "- zero * openRows.length", "- zero", "zero code taken off once"]],
  "bindings/scalar/orcIndex.ts": [
    ["twin-orcIndex-reach", "2 ** indexBits", "2 ** indexBits - 1", "index width off by one"],
  ],
  "bindings/scalar/planes.ts": [["twin-planes-bit", ">> plane) & 1", ">> (plane + 1)) & 1", "wrong plane"]],
  "bindings/scalar/program.ts": [
    ["twin-program-fault", "fault >= high ? top", "fault > high ? top", "one fault draw fewer"],
  ],
  "bindings/scalar/quantize.ts": [
    ["twin-quantize-half", "rest > 0.5 || (rest === 0.5 && floor % 2 !== 0)", "rest >= 0.5", "halves rounded up"],
  ],
  "bindings/scalar/reads.ts": [["twin-reads-state", "number * 16 + plane", "number + plane", "OUs share their draws"]],
  "bindings/scalar/sense.ts": [
    ["twin-sense-rows", "(options.ouRows - openRows)", "options.ouRows", "open rows taken for closed ones"],
  ],
  "bindings/scalar/table.ts": [["twin-table-half", ">>> (16 * (bitline & 1))", ">>> 0", "neighbours share their draw"]],
  "bindings/scalar/windows.ts": [
    ["twin-windows-dilation", "kernelCol * dilations[1]", "kernelCol * dilations[0]", "dilations swapped"],
  ],
};

export const bindingMutants = mutantsOf(table);
