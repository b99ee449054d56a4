import type { Config } from "vega-lite";
import { SCHEMES } from "../../index.ts";
import type { Scheme } from "../../index.ts";

/**
 * Text takes the colour of the page around it, lines a grey, so that one drawing does on light and dark ground. A file is
 * black on white.
 */
export const theme: Config = {
  background: "white",
  font: "sans-serif",
  view: { stroke: null },
  text: { color: "currentColor" },
  axis: {
    labelColor: "currentColor",
    titleColor: "currentColor",
    titleFontWeight: "normal",
    labelFontSize: 11,
    titleFontSize: 11,
    labelLimit: 230,
    gridColor: "gray",
    gridOpacity: 0.25,
    domainColor: "gray",
    tickColor: "gray",
  },
  legend: {
    labelColor: "currentColor",
    titleColor: "currentColor",
    titleFontWeight: "normal",
    labelFontSize: 11,
    titleFontSize: 11,
    // Without a browser, text is taken for half as long again as it is.
    labelLimit: 400,
    titleLimit: 400,
  },
  header: { labelColor: "currentColor", titleColor: "currentColor", labelFontSize: 11, labelLimit: 300 },
  title: { color: "currentColor", anchor: "start", fontSize: 13, fontWeight: "normal" },
};

/** One colour a scheme in every figure, in the order of the schemes; each is told from the others on white and on dark grey. */
const SCHEME_COLOURS = [
  ...["#8a8f98", "#a97fd1", "#d46a9f", "#3b82c4", "#e08a1e", "#1f9e6e", "#c0504d"],
  ...["#9a7b4f", "#5fb3c8", "#b5bd3b"],
];
export const colourOf = (scheme: Scheme): string => SCHEME_COLOURS[SCHEMES.indexOf(scheme) % SCHEME_COLOURS.length]!;

/** Parts of a whole, the largest first; the last one is for the rest. */
export const partColours: readonly string[] = [
  "#3b82c4",
  "#e08a1e",
  "#1f9e6e",
  "#c0504d",
  "#a97fd1",
  "#d46a9f",
  "#9a7b4f",
  "#5fb3c8",
  "#b5bd3b",
];
export const REST_COLOUR = "#8a8f98";

/** Little to much. */
export const heatColours = "viridis";

/** Scale of a colour that stands for a scheme. */
export function schemeScale(schemes: readonly string[]): { domain: string[]; range: string[] } {
  return { domain: [...schemes], range: schemes.map((scheme) => colourOf(scheme as Scheme)) };
}
