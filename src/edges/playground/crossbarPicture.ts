import type { CrossbarView } from "../../index.ts";
import type { Lit } from "./lit.ts";

/** Dots that a picture has about along its longer side. */
const PICTURE_DOTS = 1024;
/** With fewer dots a cell there is no room for lines between them. */
const LINED_DOTS = 4;
const LINE = "#8888";
const OPEN = "#f07800";

type Group = CrossbarView["groups"][number];
type Colour = readonly [red: number, green: number, blue: number];

/** One dot a cell, none where a row is not kept. */
export function cellPicture({ bitlineCount, groups, topDigit }: CrossbarView): OffscreenCanvas {
  const wordlineCount = Math.max(1, ...groups.map(({ rows }) => rows.length));
  const picture = new OffscreenCanvas(bitlineCount, wordlineCount);
  const context = picture.getContext("2d")!;
  const image = context.createImageData(bitlineCount, wordlineCount);
  for (const group of groups) {
    for (let wordline = 0; wordline < group.rows.length; wordline++) {
      if (group.isKept[wordline] === 0) continue;
      for (let place = 0; place < group.bitlineCount; place++) {
        const dot = wordline * bitlineCount + group.firstBitline + place;
        image.data.set([...colourOf(group, wordline, place, topDigit), 255], dot * 4);
      }
    }
  }
  context.putImageData(image, 0, 0);
  return picture;
}

function colourOf(group: Group, wordline: number, place: number, topDigit: number): Colour {
  if (group.isFiller[wordline] === 1) return [185, 165, 224];
  const cell = wordline * group.bitlineCount + place;
  if (group.isSkippable[cell] === 1) return [214, 238, 228];
  // Darker for more.
  const shade = 215 - Math.round((group.digits[cell]! / topDigit) * 170);
  return [Math.round(shade * 0.3), shade, Math.round(shade * 0.7)];
}

/** The cells, enlarged; lines between OUs; the group that the stepper plays and the wordlines that it opens. */
export function drawCrossbar(
  canvas: HTMLCanvasElement,
  cells: OffscreenCanvas,
  view: CrossbarView,
  ouRows: number,
  lit: Lit | null,
): void {
  const dots = Math.max(1, Math.floor(PICTURE_DOTS / Math.max(cells.width, cells.height)));
  canvas.width = cells.width * dots;
  canvas.height = cells.height * dots;
  const context = canvas.getContext("2d")!;
  context.imageSmoothingEnabled = false;
  context.drawImage(cells, 0, 0, canvas.width, canvas.height);
  if (dots >= LINED_DOTS) {
    context.fillStyle = LINE;
    for (const { firstBitline } of view.groups) context.fillRect(firstBitline * dots, 0, 1, canvas.height);
    for (let row = 0; row < cells.height; row += ouRows) context.fillRect(0, row * dots, canvas.width, 1);
  }
  if (lit !== null && isSameBlock(view, lit)) drawLit(context, view.groups[lit.group]!, lit.rows, dots);
}

function isSameBlock({ layer, matrix, colBlock }: CrossbarView, { crossbar }: Lit): boolean {
  return layer === crossbar.layer && matrix === crossbar.matrix && colBlock === crossbar.colBlock;
}

/** A frame around the group, and its open wordlines under a veil. */
function drawLit(
  context: CanvasRenderingContext2D,
  { firstBitline, bitlineCount, rows }: Group,
  open: ReadonlySet<number>,
  dots: number,
): void {
  const [left, width] = [firstBitline * dots, bitlineCount * dots];
  context.fillStyle = OPEN;
  context.globalAlpha = 0.6;
  rows.forEach((row, wordline) => {
    if (open.has(row)) context.fillRect(left, wordline * dots, width, dots);
  });
  context.globalAlpha = 1;
  const line = Math.max(1, Math.round(dots / 3));
  context.lineWidth = line;
  context.strokeStyle = OPEN;
  context.strokeRect(left + line / 2, line / 2, width - line, context.canvas.height - line);
}
