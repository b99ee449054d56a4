/** Far below one sample of any test set, far above what a mean of quotients is off by. */
const ROUNDING = 1e-9;

/** Whether a mean accuracy lost no more than a share against the float accuracy; a loss of exactly that share is none too much. */
export function staysWithin(maxLossRatio: number, mean: number, float: number): boolean {
  return float - mean <= maxLossRatio + ROUNDING;
}
