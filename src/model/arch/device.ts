import { inputError } from "../base/errors.ts";
import type { Config } from "./config.ts";
import { nearest } from "./nearest.ts";
import { devices } from "./presets/devices.ts";
import type { Device } from "./presets/devices.ts";

/** A device with everything that the configuration says of it (§9). */
export interface ResolvedDevice extends Device {
  /** Relative to the LRS current, of one open row and access. */
  readonly readNoise: number;
  readonly stuckLrsRatio: number;
  readonly stuckHrsRatio: number;
  /** Every conductance has decayed to this share: (t / 1 s)^-exponent. */
  readonly driftRatio: number;
}

/** Cells of a device in units of ADC codes (bindings/deviceKernels.ts). */
export interface CodedDevice {
  readonly base: Float32Array;
  readonly span: Float32Array;
  readonly sigma: Float32Array;
  readonly stuckLow: number;
  readonly stuckHigh: number;
  /** What a closed row adds to a read. */
  readonly offset: number;
  /** Standard deviation of one open row's read noise. */
  readonly readSigma: number;
}

/** The entry of the menu that NAME or NAME@k names, and k; undefined when there is none. */
export function findDevice(text: string): { readonly device: Device; readonly k: number } | undefined {
  const [, name = "", factor] = /^(.*?)(?:@(.+))?$/.exec(text) ?? [];
  const device = devices.find((candidate) => candidate.name === name);
  const k = factor === undefined ? 1 : Number(factor);
  return device && k > 0 && k < Infinity ? { device, k } : undefined;
}

/** What a name of a device should be, with those nearest to a wrong one. */
export function expectedDevice(text: string): string {
  const name = text.replace(/@.*/s, "");
  const names = devices.map((device) => device.name);
  if (names.includes(name)) return `${name}@k, k a number above 0`;
  const near = nearest(name, names, 3);
  return `NAME or NAME@k of the menu (${(near.length > 0 ? near : names).join(", ")})`;
}

/**
 * The device that NAME or NAME@k means, under the rest of the `device` section.
 * @throws InputError with the nearest names when there is none.
 */
export function resolveDevice(text: string, config: Config): ResolvedDevice {
  const named = findDevice(text);
  if (!named) throw inputError("device", expectedDevice(text), JSON.stringify(text));
  const { device: found, k } = named;
  const { lrs_ohm, ratio, sigmaLrs, sigmaHrs, driftExponent, driftTime_s, ...rest } = config.device;
  return {
    ...found,
    name: text,
    lrs_ohm: lrs_ohm === "menu" ? found.lrs_ohm : lrs_ohm,
    ratio: ratio === "menu" ? found.ratio * k : ratio,
    sigmaLrs: sigmaLrs === "menu" ? found.sigmaLrs / k : sigmaLrs,
    sigmaHrs: sigmaHrs === "menu" ? found.sigmaHrs / k : sigmaHrs,
    readNoise: rest.readNoise,
    stuckLrsRatio: rest.stuckLrsRatio,
    stuckHrsRatio: rest.stuckHrsRatio,
    driftRatio: driftTime_s ** -driftExponent,
  };
}

/**
 * Value of a cell of level l: (G - G_ref) / step, G = G_l · exp(σ_l z) and drift, G_l = G_HRS + l · ΔG (§9). References:
 * at the nominal conductances, step ΔG; or at the means of the lognormal cells, whose ends set the step.
 */
export function codeDevice(device: ResolvedDevice, config: Config): CodedDevice {
  const top = 2 ** config.crossbar.cellBits - 1;
  const { sigmaLrs, sigmaHrs, driftRatio } = device;
  // Everything in units of ΔG = (G_LRS - G_HRS) / top.
  const hrs = top / (device.ratio - 1);
  const levels = Array.from({ length: top + 1 }, (_, level) => ({
    level,
    nominal: hrs + level,
    sigma: sigmaHrs + ((sigmaLrs - sigmaHrs) * level) / top,
  }));
  const mean = ({ nominal, sigma }: (typeof levels)[number]): number => nominal * Math.exp(sigma ** 2 / 2);
  const isNominal = config.device.referenceLevels === "nominal";
  const origin = isNominal ? hrs : mean(levels[0]!);
  const step = isNominal ? 1 : (mean(levels[top]!) - origin) / top;
  return {
    // Written so that nominal cells without drift are whole numbers.
    base: Float32Array.from(levels, ({ level, nominal }) => (level + hrs - origin + (driftRatio - 1) * nominal) / step),
    span: Float32Array.from(levels, ({ nominal }) => (driftRatio * nominal) / step),
    sigma: Float32Array.from(levels, ({ sigma }) => sigma),
    stuckLow: device.stuckHrsRatio,
    stuckHigh: device.stuckLrsRatio,
    offset: config.device.references === "full" ? -origin / step : 0,
    readSigma: (device.readNoise * (hrs + top)) / step,
  };
}
