import type { LayerErrorReport, LayerSchemeReport, SchemeTotals } from "../index.ts";
import { formatCount, formatEnergy, formatFactor, formatRatio, formatTime } from "./format.ts";

/** A scheme on one layer: OU operations, cycles, latency, energy, speed-up, latency speed-up, saving. */
export function layerSchemeCells(sums: LayerSchemeReport): string[] {
  return [
    formatCount(sums.ouOps),
    formatCount(sums.latencyCycles),
    formatTime(sums.latency_ns),
    formatEnergy(sums.energy_pJ),
    formatFactor(sums.speedup),
    formatFactor(sums.latencySpeedup),
    formatRatio(sums.energySavingRatio),
  ];
}

/** A scheme on all layers: as on one, with the time per sample of the pipeline and the share of estimated energy. */
export function totalsCells(sums: SchemeTotals): string[] {
  return [
    formatCount(sums.ouOps),
    formatCount(sums.latencyCycles),
    formatTime(sums.latency_ns),
    formatTime(sums.pipelined_ns),
    formatEnergy(sums.energy_pJ),
    formatFactor(sums.speedup),
    formatFactor(sums.latencySpeedup),
    formatRatio(sums.energySavingRatio),
    formatRatio(sums.estimateShareRatio),
  ];
}

/** Reads of a layer and how they went wrong: reads, misread, bias, RMS, SNR. */
export function errorCells({ reads, misreadRatio, bias_codes, rms_codes, snr_dB }: LayerErrorReport): string[] {
  return [
    formatCount(reads),
    `${(misreadRatio * 100).toPrecision(3)} %`,
    bias_codes.toFixed(3),
    rms_codes.toFixed(3),
    snr_dB === null ? "no error" : `${snr_dB.toFixed(1)} dB`,
  ];
}
