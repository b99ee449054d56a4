import { devices } from "./presets/devices.ts";
import type { Term } from "./term.ts";

/** The device menu and the words of an accuracy run (§9). */
export const deviceTerms: Readonly<Record<string, Term>> = {
  device: {
    text: [
      "ReRAM cell of the menu, as device.model or --device: NAME, or NAME@k of the family (k · R-ratio, σ / k).",
      ...devices.map(
        ({ name, text, lrs_ohm, ratio, sigmaLrs, sigmaHrs, source }) =>
          `${name}: ${text}; LRS ${lrs_ohm} ohm, R-ratio ${ratio}, σ ${sigmaLrs.toPrecision(3)} (LRS), ${sigmaHrs.toPrecision(3)} (HRS). ${source}`,
      ),
    ].join("\n"),
    formula: "G = G_l · exp(σ_l · N(0,1)), G_l = G_HRS + l (G_LRS - G_HRS) / (2^c - 1)",
    source: "§9 [dlrsim18]",
  },
  chip: {
    text: "One draw of every programmed cell; the same seed and number give the same chip, whatever is read from it.",
    source: "§9",
  },
  openWordlines: { text: "H of an accuracy run: the most wordlines that one OU opens at once.", source: "§9 [sre19]" },
  read: { text: "One bitline of one OU operation with an open row: what one conversion senses.", source: "§9" },
  misreadRatio: {
    text: "Share of the reads whose code differs from that of ideal cells under the same ADC.",
    source: "§9 [dlrsim18]",
  },
  bias_codes: { text: "Mean of sensed less ideal code over all reads.", source: "§9" },
  rms_codes: { text: "Root mean square of sensed less ideal code over all reads.", source: "§9" },
  snr_dB: {
    text: "Energy of a layer's ideal accumulators over that of their errors, on the first samples.",
    formula: "10 log10(Σ ideal² / Σ (disturbed - ideal)²)",
    source: "§9",
  },
  cells: {
    text: "Engine that reads every cell's own conductance, in f32; cells-i16 in fixed point, 1/128 code a unit.",
    formula: "code = roundHalfEven((I/V - k · G_HRS) / ΔG), k open rows with input 1",
    source: "§9",
  },
  table: {
    text: "Engine that draws each read from a Monte-Carlo distribution by its open rows and ideal sum.",
    source: "§9 [dlrsim18]",
  },
};
