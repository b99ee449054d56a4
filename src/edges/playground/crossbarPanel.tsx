import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Config, CrossbarView } from "../../index.ts";
import { cellPicture, drawCrossbar } from "./crossbarPicture.ts";
import { lit } from "./lit.ts";
import { useAnswer } from "./look.ts";
import { LayerPicker, MatrixPicker, Picker } from "./pickers.tsx";
import { crossbarLook, hasCrossbar } from "./view.ts";
import type { CrossbarLook } from "./view.ts";

const FIRST: CrossbarLook = { layer: 0, matrix: 0, rowBlock: 0, colBlock: 0, isPacked: false };

/** One crossbar, cell by cell: that of the stepper until somebody chooses another one. */
export function CrossbarPanel({ config }: { readonly config: Config }) {
  const layers = useAnswer((engine) => engine.choices(config), [config]);
  const wanted = crossbarLook.value;
  const isChosen = wanted !== null && layers.answer !== null && hasCrossbar(layers.answer, wanted);
  const look = isChosen ? wanted : (lit.value?.crossbar ?? FIRST);
  const change = (part: Partial<CrossbarLook>): void => void (crossbarLook.value = { ...look, ...part });
  const isKnown = layers.answer !== null;
  const view = useAnswer(
    async (engine) => (isKnown ? engine.crossbar(config, look) : null),
    [config, isKnown, look.layer, look.matrix, look.colBlock, look.rowBlock, look.isPacked],
  );
  const own = layers.answer?.[look.layer];
  return (
    <section aria-labelledby="crossbar-title">
      <h2 id="crossbar-title">Crossbar</h2>
      {own && (
        <div class="fields">
          <LayerPicker
            id="crossbar-layer"
            layers={layers.answer!}
            value={look.layer}
            onPick={(layer) => change({ ...FIRST, layer, isPacked: look.isPacked })}
          />
          <MatrixPicker
            id="crossbar-matrix"
            layer={own}
            value={look.matrix}
            onPick={(matrix) => change({ matrix, rowBlock: 0 })}
          />
          <Picker
            id="crossbar-row"
            label={look.isPacked ? "packed crossbar" : "row block"}
            count={Math.max(1, view.answer?.crossbarCount ?? own.rowBlockCount)}
            value={look.rowBlock}
            onPick={(rowBlock) => change({ rowBlock })}
          />
          <Picker
            id="crossbar-col"
            label="column block"
            count={own.groupCounts.length}
            value={look.colBlock}
            onPick={(colBlock) => change({ colBlock, rowBlock: 0 })}
          />
          <label for="crossbar-packing">
            rows
            <select
              id="crossbar-packing"
              value={String(look.isPacked)}
              onChange={({ currentTarget }) => change({ isPacked: currentTarget.value === "true", rowBlock: 0 })}
            >
              <option value="false">where they are placed</option>
              <option value="true">kept ones, packed together</option>
            </select>
          </label>
        </div>
      )}
      {isChosen && (
        <button id="crossbar-follow" onClick={() => (crossbarLook.value = null)}>
          Follow the stepper
        </button>
      )}
      {[...layers.faults, ...view.faults].map((line) => (
        <p class="fault">{line}</p>
      ))}
      {view.answer && <Cells view={view.answer} ouRows={config.ou.rows} />}
    </section>
  );
}

function Cells({ view, ouRows }: { readonly view: CrossbarView; readonly ouRows: number }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const now = lit.value;
  const cells = useMemo(() => cellPicture(view), [view]);
  useEffect(() => drawCrossbar(canvas.current!, cells, view, ouRows, now), [cells, ouRows, now]);
  return (
    <>
      <canvas ref={canvas} role="img" aria-label={`cells of the crossbar; ${textOf(view)}`} />
      <p class="faint" id="crossbar-text">
        {textOf(view)} Blank: not kept; green: kept, pale where a cell is skippable, else darker for higher digits;
        violet: fillers. Lines are those of OUs; orange: the group that the stepper plays, and the wordlines that it
        opens.
      </p>
      <p class="faint" id="crossbar-groups">
        Kept rows of each group: {view.groups.map(({ isKept }) => countOnes(isKept)).join(", ")}
      </p>
    </>
  );
}

function textOf({ groups, isPacked, rowBlock, crossbarCount, bitlineCount }: CrossbarView): string {
  const rows = groups[0]!.rows;
  const kept = groups.reduce((sum, { isKept }) => sum + countOnes(isKept), 0);
  const fillers = groups.reduce((sum, { isFiller }) => sum + countOnes(isFiller), 0);
  const what = isPacked
    ? `Crossbar ${rowBlock} of the ${crossbarCount} that the kept rows fill`
    : `Rows ${rows[0]} … ${rows.at(-1)}`;
  const share = isPacked ? `${kept} OU rows` : `${kept} of ${rows.length * groups.length} OU rows kept`;
  const among = fillers > 0 ? `, ${fillers} of them fillers` : "";
  return `${what}, ${bitlineCount} bitlines in ${groups.length} OU column ${groups.length === 1 ? "group" : "groups"}; ${share}${among}.`;
}

function countOnes(ones: Uint8Array): number {
  return ones.reduce((sum, one) => sum + one, 0);
}
