import { deflateRawSync } from "node:zlib";
import type { KeptRows, Report } from "../../index.ts";
import { layerTitle } from "../cli/format.ts";

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
    const bytes = Buffer.concat([counts, crossbars, masks].map(littleEndian));
    const data = deflateRawSync(bytes, { level: 9 }).toString("base64");
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

function littleEndian(values: Uint16Array | Uint32Array): Buffer {
  const bytes = Buffer.alloc(values.byteLength);
  const size = values.BYTES_PER_ELEMENT;
  for (const [index, value] of values.entries()) bytes.writeUIntLE(value, index * size, size);
  return bytes;
}
