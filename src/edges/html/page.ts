import { renderSvg } from "../figures/render.ts";
import type { FigureSpec } from "../figures/figure.ts";
import { Markup, base64, markup } from "./markup.ts";
import { style } from "./style.ts";

export interface Chapter {
  /** Of its anchor. */
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

export interface Page {
  readonly title: string;
  /** Under the title. */
  readonly lead: Markup;
  readonly chapters: readonly Chapter[];
  readonly foot: string;
  /** The one script that may run. */
  readonly script: string | null;
}

/** One file that needs no other: its policy forbids every request, and every script but its own. */
export async function renderPage({ title, lead, chapters, foot, script }: Page): Promise<string> {
  const scriptSource = script === null ? "'none'" : `'sha256-${await digest(script)}'`;
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src ${scriptSource}`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${new Markup(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${lead}
<nav aria-label="chapters"><ul>
${chapters.map(({ id, title: name }) => markup`<li><a href="#${id}">${name}</a></li>\n`)}</ul></nav>
</header>
<main>
${chapters.map(({ id, title: name, content }) => markup`<section id="${id}">\n<h2>${name}</h2>\n${content}\n</section>\n`)}</main>
<footer>${foot}</footer>
${script === null ? null : markup`<script>${new Markup(script)}</script>`}
</body>
</html>
`.text;
}

/** The web's own digest: pages are made in browsers, too. */
async function digest(text: string): Promise<string> {
  return base64(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))));
}

/** A broader drawing does not stand beside another one. */
const COLUMN_WIDTH = 510;

/** Figures side by side where there is room. */
export async function drawFigures(figures: readonly FigureSpec[]): Promise<Markup> {
  const drawn: Markup[] = [];
  for (const figure of figures) drawn.push(await drawFigure(figure));
  return markup`<div class="figures">\n${drawn}</div>`;
}

async function drawFigure({ name, title, caption, spec }: FigureSpec): Promise<Markup> {
  const svg = await renderSvg(spec);
  const width = Number(/width="(\d+(?:\.\d+)?)"/.exec(svg)?.[1] ?? 0);
  // Drawings share the page, so the names inside of each one get its own name in front.
  const own = svg
    .replace(/ id="([^"]+)"/g, ` id="${name}-$1"`)
    .replace(/url\(#([^)]+)\)/g, `url(#${name}-$1)`)
    .replace("<svg ", `<svg role="img" aria-label="${title}" `);
  return markup`<figure id="figure-${name}"${width > COLUMN_WIDTH ? markup` class="wide"` : null}>
<h3>${title}</h3>
<figcaption>${caption}</figcaption>
<div class="drawing" style="--width: ${width}px">${new Markup(own)}</div>
</figure>
`;
}
