import { deflateSync } from "fflate";
import type { KeptRows, Report } from "../../index.ts";
import { layerTitle } from "../format.ts";
import { base64 } from "./markup.ts";

/** A layer's map as the page carries it: sizes, and its arrays deflated, in base64. */
export interface HeatMapLayer {
  readonly title: string;
  readonly matrixCount: number;
  readonly rowCount: number;
  readonly crossbarRows: number;
  readonly rowBlockCount: number;
  readonly colBlockCount: number;
  readonly groupsPerBlock: number;
  /** Crossbars whose rows are there one by one. */
  readonly storedCount: number;
  /** counts (16 bits each), then crossbars and masks (32 bits each), little-endian. */
  readonly data: string;
}

export function heatMapLayers({ layers }: Report, maps: readonly (KeptRows | null)[]): HeatMapLayer[] {
  return maps.flatMap((map, index) => {
    const layer = layers[index];
    if (map === null || layer === undefined) return [];
    const { counts, crossbars, masks, matrixCount, rowCount, crossbarRows, rowBlockCount, colBlockCount } = map;
    const sizes = { matrixCount, rowCount, crossbarRows, rowBlockCount, colBlockCount };
    const bytes = littleEndian([counts, crossbars, masks]);
    const data = base64(deflateSync(bytes, { level: 9 }));
    return [
      {
        title: layerTitle(layer, layers),
        ...sizes,
        groupsPerBlock: map.groupsPerBlock,
        storedCount: crossbars.length,
        data,
      },
    ];
  });
}

function littleEndian(arrays: readonly (Uint16Array | Uint32Array)[]): Uint8Array {
  const bytes = new Uint8Array(arrays.reduce((total, { byteLength }) => total + byteLength, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const values of arrays) {
    const isShort = values instanceof Uint16Array;
    for (const value of values) {
      if (isShort) view.setUint16(at, value, true);
      else view.setUint32(at, value, true);
      at += values.BYTES_PER_ELEMENT;
    }
  }
  return bytes;
}
