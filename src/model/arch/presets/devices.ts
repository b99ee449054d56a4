/** A ReRAM cell as its makers or users publish it. Resistances are medians; σ of the natural logarithm. */
export interface Device {
  readonly name: string;
  readonly text: string;
  /** Low-resistance state. */
  readonly lrs_ohm: number;
  /** R-ratio: high over low resistance. */
  readonly ratio: number;
  readonly sigmaLrs: number;
  readonly sigmaHrs: number;
  readonly source: string;
}

/** A σ given in decades, of the natural logarithm. */
const fromDecades = (decades: number): number => decades * Math.LN10;

/** The device menu (§9). `NAME@k` is the family (k · R-ratio, σ / k) of one of them [sre19]. */
export const devices: readonly Device[] = [
  {
    name: "base",
    text: "weakest member of a family (k · R-ratio, σ / k), k = 1, 2, 3, as the accuracy study of the paper varies it",
    lrs_ohm: 2500,
    ratio: 10,
    sigmaLrs: 0.12,
    sigmaHrs: 0.12,
    source:
      "R-ratio: the baseline of DL-RSIM (ICCAD 2018); σ: our choice, since the paper's WOx values are not public, so that k = 1 fails early and k = 3 holds longer",
  },
  {
    name: "ideal",
    text: "no deviation",
    lrs_ohm: 2000,
    ratio: 1500,
    sigmaLrs: 0,
    sigmaHrs: 0,
    source: "resistances of the ISAAC preset of Accelergy and CiMLoop (2 kΩ, 3 MΩ)",
  },
  {
    name: "isaac",
    text: "ISAAC's cell with a moderate spread",
    lrs_ohm: 2000,
    ratio: 1500,
    sigmaLrs: 0.1,
    sigmaHrs: 0.1,
    source: "resistances: Accelergy and CiMLoop (2 kΩ, 3 MΩ); σ: the variation study of FORMS (ISCA 2021)",
  },
  {
    name: "prime",
    text: "PRIME's cell with a moderate spread",
    lrs_ohm: 1000,
    ratio: 20,
    sigmaLrs: 0.1,
    sigmaHrs: 0.1,
    source: "resistances: PRIME (ISCA 2016) and RAELLA (ISCA 2023); σ: the variation study of FORMS (ISCA 2021)",
  },
  {
    name: "dlrsim",
    text: "a public model in the style of DL-RSIM",
    lrs_ohm: 2500,
    ratio: 6.4,
    sigmaLrs: 0.18,
    sigmaHrs: 0.45,
    source: "2.5 kΩ, 16 kΩ, σ 0.18 and 0.45, read at 0.9 V with 4 rows an OU",
  },
  {
    name: "lognormal",
    text: "a measured 1-bit cell whose high state spreads over half a decade",
    lrs_ohm: 21_900,
    ratio: 19,
    sigmaLrs: fromDecades(0.105),
    sigmaHrs: fromDecades(0.5),
    source: "21.9 kΩ, on/off ratio 19, σ 0.105 and 0.5 decades; references midway between mean currents",
  },
];
