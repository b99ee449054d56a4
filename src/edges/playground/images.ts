import { InputError } from "../../index.ts";
import type { ConfigSource, Fault, NumericArray } from "../../index.ts";

/** How pixels become numbers unless the configuration says otherwise. */
export const IMAGES: ConfigSource = { text: "input: { layout: nhwc, scale: 0.00392156862745098 }", place: "images" };

/** Images of one size as the browser decodes them. */
export interface Images {
  readonly place: string;
  readonly count: number;
  readonly width: number;
  readonly height: number;
  /** Memory order [image][row][col][red, green, blue, alpha]. */
  readonly rgba: Uint8ClampedArray;
}

/** What the network takes: its user knows. */
export const COLOURS = ["RGB", "gray"] as const;
export type Colours = (typeof COLOURS)[number];

const RGBA = 4;
/** Rec. 601; the parts make 1, so that a gray pixel stays what it is. */
const LUMA = [0.299, 0.587, 0.114] as const;

/** @throws InputError with every file that is no image, or of another size than the first. */
export async function decodeImages(files: readonly File[]): Promise<Images> {
  const faults: Fault[] = [];
  const bitmaps: ImageBitmap[] = [];
  for (const file of files) {
    const { name: place, size } = file;
    const bitmap = await createImageBitmap(file).catch(() => null);
    const { width, height } = bitmaps[0] ?? bitmap ?? { width: 0, height: 0 };
    if (bitmap === null)
      faults.push({ place, expected: "an image that this browser knows", got: `${size} bytes that do not decode` });
    else if (bitmap.width !== width || bitmap.height !== height)
      faults.push({
        place,
        expected: `${width} x ${height} pixels, as the first image`,
        got: `${bitmap.width} x ${bitmap.height}`,
      });
    else bitmaps.push(bitmap);
  }
  if (faults.length > 0) throw new InputError(faults);
  const { width, height } = bitmaps[0]!;
  const size = width * height * RGBA;
  const rgba = new Uint8ClampedArray(bitmaps.length * size);
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  for (const [index, bitmap] of bitmaps.entries()) {
    context.clearRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0);
    rgba.set(context.getImageData(0, 0, width, height).data, index * size);
  }
  return { place: files.map(({ name }) => name).join(", "), count: bitmaps.length, width, height, rgba };
}

/** [images, height, width, channels] */
export function pixelsOf({ place, count, width, height, rgba }: Images, colours: Colours): NumericArray {
  const channelCount = colours === "gray" ? 1 : 3;
  const values = new Uint8Array(count * height * width * channelCount);
  let at = 0;
  for (let pixel = 0; pixel < rgba.length; pixel += RGBA) {
    const rgb = [rgba[pixel]!, rgba[pixel + 1]!, rgba[pixel + 2]!] as const;
    if (colours === "gray") values[at++] = Math.round(LUMA[0] * rgb[0] + LUMA[1] * rgb[1] + LUMA[2] * rgb[2]);
    else for (const value of rgb) values[at++] = value;
  }
  return { place, dtype: "u1", shape: [count, height, width, channelCount], values };
}
