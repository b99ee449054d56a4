import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as abi from "../assembly/shared/abi.ts";
import type { BitPlanes, CountPlan, OuTotals, SegmentTable, WindowSource } from "../bindings/kernels.ts";

export interface NativeTiming {
  readonly seconds: number;
  readonly runs: number;
  readonly ouOps: number;
  readonly latencyCycles: number;
  /** sliced.c: all totals of each plan; ouOps and latencyCycles are those of the last one. */
  readonly totals?: readonly OuTotals[];
}

/** C programs of bench/native, built in a temporary folder. */
export class NativeBench {
  private readonly folder = mkdtempSync(join(tmpdir(), "sre-bench-"));

  /** null where there is no C compiler. */
  static create(): NativeBench | null {
    return spawnSync("cc", ["--version"]).status === 0 ? new NativeBench() : null;
  }

  /** Builds NAME.c with the given flags and gives the program's path. */
  build(name: string, flags: readonly string[]): string {
    const program = join(this.folder, name);
    const source = fileURLToPath(new URL(`../bench/native/${name}.c`, import.meta.url));
    execFileSync("cc", [...flags, source, "-o", program]);
    return program;
  }

  writeCase(name: string, parts: readonly ArrayBufferView[]): string {
    const path = join(this.folder, `${name}.case`);
    writeFileSync(path, Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))));
    return path;
  }

  run(program: string, casePath: string, seconds: number): NativeTiming {
    return JSON.parse(execFileSync(program, [casePath, String(seconds)], { encoding: "utf8" })) as NativeTiming;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A case of plain.c: packed planes and segments. */
export function plainCase(planes: BitPlanes, segments: SegmentTable, ouRows: number): ArrayBufferView[] {
  const header = Int32Array.of(
    planes.windowCount,
    planes.vectorCount,
    planes.planeCount,
    planes.wordCount / 2,
    segments.segmentCount,
    segments.crossbarCount,
    ouRows,
    segments.masks.length / 2,
  );
  return [header, planes.words, segments.records, segments.masks];
}

/** A case of sliced.c: the codes of a convolution and the plans to count. @throws Error for a fully connected layer. */
export function slicedCase(
  source: WindowSource,
  bits: number,
  plans: readonly CountPlan[],
  ouRows: number,
): ArrayBufferView[] {
  const { conv, codes } = source;
  if (conv === null) throw new Error("sliced.c: expected a convolution, got a fully connected layer");
  const { kernel, strides, dilations } = conv.geometry;
  const header = Int32Array.of(
    ...[source.windowCount, source.vectorCount * source.rowCount, bits, ouRows, plans.length, codes.length],
    ...[...kernel, ...strides, ...dilations, conv.padTop, conv.padLeft, conv.outHeight, conv.outWidth],
    ...[conv.channelCount, conv.height, conv.width, conv.firstChannel, source.vectorCount * conv.channelsPerVector],
  );
  const padding = new Uint16Array(codes.length % 2);
  return [header, codes, padding, ...plans.flatMap(planParts)];
}

/** What sliced.c reads of a plan: offsets · per list first offset, offsets, rows, groups, bitlines · classes · sums by row. */
function planParts(plan: CountPlan): ArrayBufferView[] {
  if (plan.by !== "slices") throw new Error(`sliced.c: expected a plan of slices, got one of ${plan.by}`);
  const { segments, rowCount, lists, classes } = plan;
  const offsets: number[] = [];
  const records: number[] = [];
  const rowGroups = new Uint32Array(rowCount);
  const rowBitlines = new Uint32Array(rowCount);
  for (let at = 0; at < lists.records.length; at += abi.LIST_FIELDS) {
    const [maskStart, wordCount, firstRow, listRows, groups, bitlines] = lists.records.subarray(
      at,
      at + abi.LIST_FIELDS,
    );
    const start = offsets.length;
    for (let bit = 0; bit < wordCount! * abi.WORD_BITS; bit++) {
      const word = segments.masks[maskStart! + Math.floor(bit / abi.WORD_BITS)]!;
      if (((word >>> (bit % abi.WORD_BITS)) & 1) === 0) continue;
      offsets.push((firstRow! + bit) * abi.LANE_BYTES);
      rowGroups[firstRow! + bit]! += groups!;
      rowBitlines[firstRow! + bit]! += bitlines!;
    }
    while (offsets.length % abi.LIST_STEP !== 0) offsets.push(rowCount * abi.LANE_BYTES);
    records.push(start, offsets.length - start, listRows!, groups!, bitlines!);
  }
  const sizes = Int32Array.of(offsets.length, lists.listCount, classes.classCount, classes.members.length / 2);
  const arrays = [Uint32Array.from(offsets), Int32Array.from(records), classes.records, classes.members];
  return [sizes, ...arrays, rowGroups, rowBitlines];
}
