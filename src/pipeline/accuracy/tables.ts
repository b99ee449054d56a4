import type { DrawKey, Kernels, SensingTable } from "../../../bindings/kernels.ts";
import type { CodedDevice } from "../../model/arch/device.ts";
import type { Config } from "../../model/arch/config.ts";
import { RandomStream } from "../../model/base/rng.ts";
import type { Executor } from "../../stages/simulate/executor.ts";
import { TOOL } from "../tool.ts";
import { senseOptions } from "./chip.ts";

/** Monte-Carlo samples of each (open rows, ideal sum), as DL-RSIM takes them. */
export const TABLE_SAMPLES = 32_000;

/** Keeps bytes under a name made of all that they depend on. */
export interface TableCache {
  /** null where there is nothing of that name. */
  read(name: string): Promise<Uint8Array | null>;
  /** Keeps bytes under a name. */
  write(name: string, bytes: Uint8Array): Promise<void>;
}

/** The sensing table of a device at a configuration's OU and ADC; from the cache where it is known. */
export async function sensingTable(
  device: CodedDevice,
  config: Config,
  seed: number,
  kernels: Kernels,
  executor: Pick<Executor, "share">,
  cache?: TableCache,
): Promise<SensingTable> {
  const spec = { device, ...senseOptions(device, config), sampleCount: TABLE_SAMPLES };
  const facts = JSON.stringify([TOOL.version, spec, config.crossbar.cellBits, seed], plainArrays);
  const stream = new RandomStream([seed, "table", facts]);
  const key: DrawKey = [stream.int32() >>> 0, stream.int32() >>> 0];
  const name = `${key.map((word) => word.toString(16).padStart(8, "0")).join("")}-${config.ou.rows}`;
  const known = await cache?.read(name);
  const table = (known && parseTable(known, facts)) ?? kernels.buildSensingTable(spec, key);
  if (!known) await cache?.write(name, formatTable(table, facts));
  return { ...table, slots: executor.share(table.slots) };
}

function plainArrays(_key: string, value: unknown): unknown {
  return value instanceof Float32Array ? [...value] : value;
}

/** A line of JSON (what the table was made for, and its shape), then the slots, little-endian. */
function formatTable({ slots, ...shape }: SensingTable, facts: string): Uint8Array {
  const head = new TextEncoder().encode(`${JSON.stringify({ facts, ...shape, slotCount: slots.length })}\n`);
  const bytes = new Uint8Array(head.length + slots.byteLength);
  bytes.set(head);
  bytes.set(new Uint8Array(slots.buffer, slots.byteOffset, slots.byteLength), head.length);
  return bytes;
}

/** null when the bytes are not the table asked for: it is made anew then. */
function parseTable(bytes: Uint8Array, facts: string): SensingTable | null {
  const end = bytes.indexOf("\n".charCodeAt(0));
  try {
    const {
      facts: found,
      slotCount,
      ...shape
    } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end))) as Omit<SensingTable, "slots"> & {
      facts: string;
      slotCount: number;
    };
    const body = bytes.slice(end + 1);
    if (found !== facts || body.length !== slotCount * 4) return null;
    return { ...shape, slots: new Uint32Array(body.buffer) };
  } catch {
    return null;
  }
}
