import { useEffect, useRef, useState } from "preact/hooks";
import type { Config, GroupTrace, LayerChoices, WindowGrid } from "../../index.ts";
import type { BrowserEngine } from "../browser/index.ts";
import { lit } from "./lit.ts";
import type { Lit } from "./lit.ts";
import { useAnswer } from "./look.ts";
import { LayerPicker, MatrixPicker, Picker } from "./pickers.tsx";
import { Player } from "./player.tsx";
import { hasStep, stepLook } from "./view.ts";
import type { StepLook } from "./view.ts";

const FIRST = { matrix: 0, colBlock: 0, group: 0, window: 0, round: 0 };
/** Groups of a layer that are looked through for one with something to see. */
const MOST_TRIED = 16;

/** Plays one window through one OU column group, round by round. */
export function StepperPanel({ config }: { readonly config: Config }) {
  const layers = useAnswer((engine) => engine.choices(config), [config]);
  // Of this layer a group is looked for that has something to see, until somebody chooses one.
  const [layer, setLayer] = useState(stepLook.value?.layer ?? 0);
  const wanted = stepLook.value;
  const look = wanted !== null && layers.answer !== null && hasStep(layers.answer, wanted) ? wanted : null;
  const place = look?.layer ?? Math.min(layer, (layers.answer?.length ?? 1) - 1);
  const own = layers.answer?.[place];
  const isOpen = own !== undefined && look === null;
  const found = useAnswer(
    async (engine) => (isOpen ? busiest(engine, config, place, own) : null),
    [config, place, own, isOpen],
  );
  const proposed = useRef<StepLook | null>(null);
  useEffect(() => {
    if (isOpen && found.answer !== null && found.answer.choice.layer === place)
      stepLook.value = proposed.current = { ...FIRST, ...found.answer.choice, window: found.answer.window };
  }, [found.answer]);
  // What was found under another configuration, and nobody has touched, may have little to see under this one.
  useEffect(() => {
    if (stepLook.value === proposed.current) stepLook.value = null;
  }, [config]);
  const { round, window, ...choice } = look ?? { layer: place, ...FIRST };
  const trace = useAnswer(
    async (engine) => (look === null ? null : engine.trace(config, choice, window)),
    [config, look === null, window, choice.layer, choice.matrix, choice.colBlock, choice.group],
  );
  useEffect(() => {
    lit.value = trace.answer === null || look === null ? null : litBy(trace.answer, round);
  }, [trace.answer, look === null, round]);
  useEffect(() => () => void (lit.value = null), []);
  const change = (part: Partial<StepLook>): void => void (stepLook.value = { ...choice, window, round: 0, ...part });
  return (
    <section aria-labelledby="stepper-title">
      <h2 id="stepper-title">One window, round by round</h2>
      {own && (
        <div class="fields">
          <LayerPicker
            id="step-layer"
            layers={layers.answer!}
            value={place}
            onPick={(next) => {
              stepLook.value = null;
              setLayer(next);
            }}
          />
          <MatrixPicker id="step-matrix" layer={own} value={choice.matrix} onPick={(matrix) => change({ matrix })} />
          <Picker
            id="step-window"
            label="window"
            count={own.windowCount}
            value={window}
            onPick={(next) => change({ window: next })}
          />
          <Picker
            id="step-col"
            label="column block"
            count={own.groupCounts.length}
            value={choice.colBlock}
            onPick={(colBlock) => change({ colBlock, group: 0 })}
          />
          <Picker
            id="step-group"
            label="OU column group"
            count={own.groupCounts[choice.colBlock]!}
            value={choice.group}
            onPick={(group) => change({ group })}
          />
        </div>
      )}
      {[...layers.faults, ...found.faults, ...trace.faults].map((line) => (
        <p class="fault">{line}</p>
      ))}
      {trace.answer && look !== null && (
        <Player trace={trace.answer} round={round} onRound={(to) => change({ round: to })} />
      )}
    </section>
  );
}

/** What the crossbar's picture shows of a round. */
function litBy({ choice, index, rounds }: GroupTrace, round: number): Lit {
  const { group, ...block } = choice;
  const now = rounds[Math.min(round, rounds.length) - 1];
  return {
    crossbar: { ...block, isPacked: true, rowBlock: now?.crossbar ?? 0 },
    group,
    rows: new Set(now?.open.map((place) => index[place]!.row)),
  };
}

function middleOf(windows: WindowGrid): number {
  if (windows.kind === "dense") return Math.floor(windows.perSample / 2);
  return Math.floor(windows.height / 2) * windows.width + Math.floor(windows.width / 2);
}

/** Of the first groups of a layer, and the window in the middle of the first sample, the one with the most to see. */
async function busiest(
  engine: BrowserEngine,
  config: Config,
  layer: number,
  { windows, groupCounts }: LayerChoices,
): Promise<GroupTrace | null> {
  const window = middleOf(windows);
  let best: GroupTrace | null = null;
  for (let group = 0; group < Math.min(groupCounts[0]!, MOST_TRIED); group++) {
    const trace = await engine.trace(config, { layer, matrix: 0, colBlock: 0, group }, window);
    if (trace.rounds.length > (best?.rounds.length ?? -1)) best = trace;
  }
  return best;
}
