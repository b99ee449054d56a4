import { expect, test } from "vitest";
import { instantiateOnSharedMemory, readWasm, SharedMemory } from "../../../bindings/index.ts";
import { ScalarKernels } from "../../../bindings/scalar.ts";
import { difference } from "../../conformance/difference.ts";
import { deviceWork, disturbedOptions, KEY, nominalDevice } from "../../helpers/device.ts";

const twin = new ScalarKernels();
const PAGE_BYTES = 65536;

/** What sharing an array takes. */
const padded = (byteCount: number) => Math.ceil(byteCount / 16) * 16 + 16;

test("device kernels read cells and tables that threads share in place, up to the end of the memory", async () => {
  const shape = { rowCount: 70, colCount: 3, windowCount: 3, weightBits: 8, bits: 5, cellBits: 2 };
  const work = deviceWork(twin, 1, shape);
  const options = disturbedOptions(work, {
    ouRows: 9,
    formation: "dynamic",
    adc: { mode: "clip", topCode: 31 },
    readSigma: 0.1,
  });
  const device = nominalDevice(2, 0.2);
  const cells = twin.programCells(work.block, device, KEY);
  const fixed = twin.programCellsFixed(work.block, device, KEY);
  const table = twin.buildSensingTable({ ...options, device, sampleCount: 50 }, KEY);
  const module = await WebAssembly.compile(await readWasm("worker"));

  for (const last of ["cells", "fixed", "slots"] as const) {
    // What is shared last ends where the memory does, but for what must be readable after it.
    const memory = new SharedMemory({ threadCount: 1, scratchBytes: 2 ** 20, initialBytes: 0, maximumBytes: 2 ** 20 });
    const arrays = { cells: cells.values, fixed: fixed.values, slots: table.slots };
    const taken = Object.values(arrays).reduce((bytes, { byteLength }) => bytes + padded(byteLength), 0);
    const left = PAGE_BYTES - ((memory.mark() + padded(0) + taken) % PAGE_BYTES);
    memory.share(new Uint8Array(left));
    const order = (Object.keys(arrays) as (keyof typeof arrays)[]).sort((a) => (a === last ? 1 : -1));
    const views = { ...arrays };
    for (const name of order) Object.assign(views, { [name]: memory.share(arrays[name]) });
    expect(memory.mark()).toBe(memory.memory.buffer.byteLength);
    const { start, end } = memory.region(0);
    const kernels = await instantiateOnSharedMemory(module, memory.memory, start, end);
    const run = (k: ScalarKernels | typeof kernels, values: typeof arrays) => {
      const sums = new Float64Array(work.windowCount * work.weights.colCount);
      const { planes, kept, block } = work;
      return [
        sums,
        k.mvmDisturbed(planes, kept, { ...cells, values: values.cells }, block, options, sums),
        k.mvmDisturbedFixed(planes, kept, { ...fixed, values: values.fixed }, block, options, sums),
        k.mvmTable(planes, kept, block, { ...table, slots: values.slots }, options, sums),
      ];
    };
    expect(difference(run(twin, arrays), run(kernels, views), `${last} last`)).toBeNull();
  }
});
