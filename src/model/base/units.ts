/** The only place where units are converted. */
export const mm2FromUm2 = (area_um2: number): number => area_um2 / 1e6;
