import type { TopLevelSpec } from "vega-lite";

/** A figure before it is drawn. */
export interface FigureSpec {
  /** Of its file. */
  readonly name: string;
  readonly title: string;
  /** What is to be seen, and what the words in it mean. */
  readonly caption: string;
  readonly spec: TopLevelSpec;
}

export const VEGA_LITE = "https://vega.github.io/schema/vega-lite/v6.json";

/** Names a row of a figure above it. */
export const ROW_HEADER = { labelOrient: "top", labelAnchor: "start", labelPadding: 3 } as const;

/** Channels of bars on a log scale, which have no zero to begin at: they begin at a power of ten below all of them. */
export function logBars(values: readonly number[]) {
  const logs = values.filter((value) => value > 0).map(Math.log10);
  const low = logs.length === 0 ? 0 : Math.ceil(Math.min(...logs)) - 1;
  const high = Math.ceil(Math.max(low + 1, ...logs));
  const powers = Array.from({ length: high - low + 1 }, (_, step) => 10 ** (low + step));
  return {
    scale: { type: "log" as const, domain: [10 ** low, Math.max(10 ** (low + 1), ...values)] },
    axis: { values: powers, format: "~g" },
    from: { datum: 10 ** low },
  };
}
