import type { TopLevelSpec } from "vega-lite";
import { theme } from "./theme.ts";

/** A figure as SVG text, and as PNG where an image library is installed. */
export interface Figure {
  readonly svg: string;
  readonly png: Uint8Array | null;
}

/** Dots per inch of a PNG: twice those of a screen. */
const PNG_DENSITY = 192;

/** Draws a figure. */
export async function renderFigure(spec: TopLevelSpec): Promise<Figure> {
  const svg = await renderSvg(spec);
  return { svg, png: await toPng(svg) };
}

/** Writes NAME.svg, and NAME.png where there is one. */
export async function writeFigure(
  write: (file: string, data: string | Uint8Array) => Promise<void>,
  name: string,
  { svg, png }: Figure,
): Promise<void> {
  await write(`${name}.svg`, svg);
  if (png !== null) await write(`${name}.png`, png);
}

/** Vega weighs megabytes: it is loaded with the first figure. */
export async function renderSvg(spec: TopLevelSpec): Promise<string> {
  const [{ parse, View }, { compile }] = await Promise.all([import("vega"), import("vega-lite")]);
  const view = new View(parse(compile(spec, { config: theme }).spec), { renderer: "none" });
  const svg = await view.toSVG();
  view.finalize();
  return shortenPlaces(svg);
}

/** Places to a hundredth of a dot: with all their digits they are half of a drawing of many marks. */
function shortenPlaces(svg: string): string {
  return svg.replace(/ (?:transform|d|[xy][12]?)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (number) => String(Math.round(Number(number) * 100) / 100)),
  );
}

/** sharp is an optional dependency: without it there are no PNG files. */
async function toPng(svg: string): Promise<Uint8Array | null> {
  try {
    const { default: sharp } = await import("sharp");
    return new Uint8Array(
      await sharp(Buffer.from(svg), { density: PNG_DENSITY }).flatten({ background: "white" }).png().toBuffer(),
    );
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") return null;
    throw error;
  }
}
