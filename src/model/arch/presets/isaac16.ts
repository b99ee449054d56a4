/** ISAAC tile and CU components (§10 [isaac16]): mm2 at 32 nm for the numbers of parts named. */
export const isaacTile = {
  edram_mm2: 0.083,
  bus_mm2: 0.09,
  /** One router serves four tiles. */
  router_mm2: 0.151 / 4,
  sigmoid_mm2: 0.0006,
  shiftAdd_mm2: 0.00006,
  maxPool_mm2: 0.00024,
  outputRegister_mm2: 0.0032,
} as const;

/** Parts whose area follows the number of crossbars in the CU; ISAAC's CU has eight. */
export const isaacCuPerCrossbar = {
  /** 1200 um2 at 8 bits; that of the SRE at 6 bits takes as much [sre19]. */
  adc_mm2: 0.0096 / 8,
  dac_mm2: 0.00017 / 8,
  sampleHold_mm2: 0.00004 / 8,
  crossbar_mm2: 0.0002 / 8,
} as const;

export const isaacCu = {
  shiftAdd_mm2: 0.00024,
  inputRegister_mm2: 0.0021,
  outputRegister_mm2: 0.00077,
} as const;

/** Links between chips, once per chip: four of them. */
export const isaacHyperTransport_mm2 = 22.88;

/** Geometry that the areas above belong to. */
export const isaacCrossbar = { rows: 128, cols: 128 } as const;

/** ADC bits of the whole-crossbar design; flipped columns save the ninth bit (§7). */
export const ISAAC_ADC_BITS = 8;
