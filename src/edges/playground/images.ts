import { inputError } from "../../index.ts";
import type { ConfigSource, NumericArray } from "../../index.ts";

/** How pixels become numbers unless the configuration says otherwise. */
export const IMAGES: ConfigSource = { text: "input: { layout: nhwc, scale: 0.00392156862745098 }", place: "images" };

/** RGB of images as the browser decodes them, [images, height, width, 3]. @throws InputError when their sizes differ. */
export async function pixelsOf(files: readonly File[]): Promise<NumericArray> {
  const bitmaps = await Promise.all(files.map(decoded));
  const [{ width, height } = { width: 0, height: 0 }] = bitmaps;
  const values = new Uint8Array(bitmaps.length * height * width * 3);
  let at = 0;
  for (const [index, bitmap] of bitmaps.entries()) {
    if (bitmap.width !== width || bitmap.height !== height)
      throw inputError(
        files[index]!.name,
        `${width} x ${height} pixels, as the first image`,
        `${bitmap.width} x ${bitmap.height}`,
      );
    const context = new OffscreenCanvas(width, height).getContext("2d")!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, width, height);
    for (let pixel = 0; pixel < width * height; pixel++)
      for (let channel = 0; channel < 3; channel++) values[at++] = data[pixel * 4 + channel]!;
  }
  return { place: "images", dtype: "u1", shape: [bitmaps.length, height, width, 3], values };
}

async function decoded(file: File): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch (error) {
    throw inputError(file.name, "an image", error instanceof Error ? error.message : String(error), error);
  }
}
