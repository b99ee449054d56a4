import { useEffect, useRef } from "preact/hooks";
import type { Config, CrossbarView } from "../../index.ts";
import { useAnswer } from "./look.ts";
import { LayerPicker, Picker } from "./pickers.tsx";
import { crossbarLook, hasCrossbar } from "./view.ts";
import type { CrossbarLook } from "./view.ts";

const FIRST: CrossbarLook = { layer: 0, matrix: 0, rowBlock: 0, colBlock: 0, isPacked: false };

/** One crossbar, cell by cell: as it is placed, and with the rows that ORC keeps moved together. */
export function CrossbarPanel({ config }: { readonly config: Config }) {
  const layers = useAnswer((engine) => engine.choices(config), [config]);
  const wanted = crossbarLook.value;
  const look = wanted !== null && layers.answer !== null && hasCrossbar(layers.answer, wanted) ? wanted : FIRST;
  const { isPacked, ...choice } = look;
  const change = (part: Partial<CrossbarLook>): void => void (crossbarLook.value = { ...look, ...part });
  const isKnown = layers.answer !== null;
  const view = useAnswer(
    async (engine) => (isKnown ? engine.crossbar(config, choice) : null),
    [config, isKnown, ...Object.values(choice)],
  );
  const own = layers.answer?.[choice.layer];
  return (
    <section aria-labelledby="crossbar-title">
      <h2 id="crossbar-title">Crossbar</h2>
      {own && (
        <div class="fields">
          <LayerPicker
            id="crossbar-layer"
            layers={layers.answer!}
            value={choice.layer}
            onPick={(layer) => change({ ...FIRST, layer, isPacked })}
          />
          <Picker
            id="crossbar-row"
            label="row block"
            count={own.rowBlockCount}
            value={choice.rowBlock}
            onPick={(rowBlock) => change({ rowBlock })}
          />
          <Picker
            id="crossbar-col"
            label="column block"
            count={own.groupCounts.length}
            value={choice.colBlock}
            onPick={(colBlock) => change({ colBlock })}
          />
          <label for="crossbar-packing">
            kept rows
            <select
              id="crossbar-packing"
              value={String(isPacked)}
              onChange={({ currentTarget }) => change({ isPacked: currentTarget.value === "true" })}
            >
              <option value="false">where they are placed</option>
              <option value="true">packed together</option>
            </select>
          </label>
        </div>
      )}
      {[...layers.faults, ...view.faults].map((line) => (
        <p class="fault">{line}</p>
      ))}
      {view.answer && <Cells view={view.answer} isPacked={isPacked} />}
    </section>
  );
}

function Cells({ view, isPacked }: { readonly view: CrossbarView; readonly isPacked: boolean }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const { rowCount, bitlineCount, groups } = view;
  const kept = groups.reduce((sum, { keptRows }) => sum + keptRows.length, 0);
  const fillers = groups.reduce((sum, { fillerRows }) => sum + fillerRows.length, 0);
  useEffect(() => draw(canvas.current!, view, isPacked), [view, isPacked]);
  return (
    <>
      <canvas ref={canvas} width={bitlineCount} height={rowCount} role="img" aria-label="cells of the crossbar" />
      <p class="faint" id="crossbar-text">
        Rows {view.firstRow} … {view.firstRow + rowCount - 1}, {bitlineCount} bitlines in {groups.length} OU column
        groups; {kept} of {rowCount * groups.length} OU rows kept{fillers > 0 ? `, ${fillers} of them fillers` : ""}.
        Blank: rows not kept; green: kept rows, pale where a cell is skippable, else darker for higher digits; orange:
        fillers.
      </p>
      <p class="faint" id="crossbar-groups">
        Kept rows of each group: {groups.map(({ keptRows }) => keptRows.length).join(", ")}
      </p>
    </>
  );
}

/** One dot a cell, none where a row is not kept. */
function draw(canvas: HTMLCanvasElement, view: CrossbarView, isPacked: boolean): void {
  const { rowCount, bitlineCount, digits, skippable, topDigit, groups } = view;
  const context = canvas.getContext("2d")!;
  const image = context.createImageData(bitlineCount, rowCount);
  for (const { firstBitline, bitlineCount: width, keptRows, fillerRows } of groups) {
    const fillers = new Set(fillerRows);
    const places = new Map(keptRows.map((row, place) => [row, place]));
    for (let row = 0; row < rowCount; row++) {
      const place = places.get(row);
      if (place === undefined) continue;
      for (let bitline = firstBitline; bitline < firstBitline + width; bitline++) {
        const cell = row * bitlineCount + bitline;
        const shade = 215 - Math.round((digits[cell]! / topDigit) * 170);
        const colour = colourOf(fillers.has(row), skippable[cell] === 1, shade);
        image.data.set([...colour, 255], ((isPacked ? place : row) * bitlineCount + bitline) * 4);
      }
    }
  }
  context.putImageData(image, 0, 0);
}

function colourOf(isFiller: boolean, isSkippable: boolean, shade: number): [number, number, number] {
  if (isFiller) return [240, 150, 60];
  return isSkippable ? [214, 238, 228] : [Math.round(shade * 0.3), shade, Math.round(shade * 0.7)];
}
