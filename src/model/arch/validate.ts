import type { Config } from "./config.ts";
import { expectedDevice, findDevice } from "./device.ts";

/** A broken rule between keys: `path` is to blame, `bounds` are the other keys that the rule reads. */
export interface CrossFault {
  readonly path: string;
  readonly bounds: readonly string[];
  readonly expected: string;
  readonly got: string;
}

/** Rules that a schema of single keys cannot say, most of them between keys (§1, §4, §7, §9). Empty when all hold. */
export function crossFaults(config: Config): CrossFault[] {
  const { crossbar, ou, precision, mapping, device, input } = config;
  const faults: CrossFault[] = [];
  const within = (path: string, value: number, bound: string, limit: number): void => {
    if (value > limit)
      faults.push({ path, bounds: [bound], expected: `integer in 1..${limit} (${bound})`, got: `${value}` });
  };
  within("ou.rows", ou.rows, "crossbar.rows", crossbar.rows);
  within("ou.cols", ou.cols, "crossbar.cols", crossbar.cols);

  // The magnitudes of differential coding have weightBits - 1 bits: with one bit nothing would be left to store.
  if (mapping.coding === "differential" && precision.weightBits < 2) {
    faults.push({
      path: "precision.weightBits",
      bounds: ["mapping.coding"],
      expected: "integer in 2..16 (mapping.coding differential)",
      got: `${precision.weightBits}`,
    });
  }

  if (!findDevice(device.model)) {
    const { model } = device;
    faults.push({ path: "device.model", bounds: [], expected: expectedDevice(model), got: JSON.stringify(model) });
  }

  if (device.stuckLrsRatio + device.stuckHrsRatio > 1) {
    faults.push({
      path: "device.stuckLrsRatio",
      bounds: ["device.stuckHrsRatio"],
      expected: `at most ${1 - device.stuckHrsRatio} (device.stuckHrsRatio ${device.stuckHrsRatio})`,
      got: `${device.stuckLrsRatio}`,
    });
  }

  if (Array.isArray(input.mean) && Array.isArray(input.std) && input.mean.length !== input.std.length) {
    faults.push({
      path: "input.std",
      bounds: ["input.mean"],
      expected: `${input.mean.length} numbers, one per channel as in input.mean`,
      got: `${input.std.length}`,
    });
  }
  return faults;
}
