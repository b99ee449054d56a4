import { REST_COLOUR, partColours } from "./theme.ts";

/** A part below this share of every whole is drawn with the rest. */
const LEAST_SHARE = 0.02;
/** So many have a colour of their own. */
const MOST_PARTS = partColours.length;
const REST = "rest";

/** A whole and what it is made of. */
export interface Whole {
  readonly label: string;
  readonly parts: Readonly<Record<string, number>>;
}

export interface StackedPart {
  readonly label: string;
  readonly part: string;
  readonly value: number;
  /** Order in the stack, the largest first. */
  readonly rank: number;
}

/** Wholes as stacked bars: values, and the colour channel that tells their parts. */
export function stackParts(wholes: readonly Whole[]) {
  const main = mainParts(wholes);
  const values = wholes.flatMap(({ label, parts }): StackedPart[] => {
    const shown = new Map<string, number>();
    for (const [name, own] of Object.entries(parts)) {
      const part = main.includes(name) ? name : REST;
      shown.set(part, (shown.get(part) ?? 0) + own);
    }
    return [...shown].map(([part, value]) => ({ label, part, value, rank: [...main, REST].indexOf(part) }));
  });
  const colour = {
    field: "part",
    type: "nominal" as const,
    title: null,
    scale: {
      domain: [...main, REST],
      range: [...partColours.slice(0, main.length), REST_COLOUR],
    },
    legend: { orient: "bottom" as const, columns: 2 },
  };
  return { values, colour };
}

function mainParts(wholes: readonly Whole[]): string[] {
  const shares = new Map<string, number>();
  for (const { parts } of wholes) {
    const total = Object.values(parts).reduce((sum, own) => sum + own, 0);
    for (const [name, own] of Object.entries(parts))
      shares.set(name, Math.max(shares.get(name) ?? 0, total === 0 ? 0 : own / total));
  }
  return [...shares]
    .filter(([, share]) => share >= LEAST_SHARE)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_PARTS)
    .map(([name]) => name);
}
