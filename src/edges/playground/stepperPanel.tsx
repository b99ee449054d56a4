import { useEffect, useState } from "preact/hooks";
import type { Config, GroupTrace, LayerChoices } from "../../index.ts";
import type { BrowserEngine } from "../browser/index.ts";
import { useAnswer } from "./look.ts";
import { Picker } from "./pickers.tsx";
import { TraceView } from "./traceView.tsx";

const NOWHERE = { layer: 0, matrix: 0, colBlock: 0, group: 0 };
const STEP_MS = 500;
/** Groups of a layer that are looked through for one with something to see. */
const MOST_TRIED = 16;

/** Plays one window through one OU column group, round by round. */
export function StepperPanel({ config, samples }: { readonly config: Config; readonly samples: number }) {
  const [choice, setChoice] = useState(NOWHERE);
  const [window, setWindow] = useState(0);
  const layers = useAnswer((engine) => engine.choices(config), [config]);
  const trace = useAnswer((engine) => engine.trace(config, choice, window), [config, choice, window]);
  const own = layers.answer?.[choice.layer];
  const busy = useAnswer(
    (engine) => busiest(engine, config, samples, choice.layer, own),
    [...[config, choice.layer, own]],
  );
  useEffect(() => {
    if (busy.answer === null) return;
    setChoice(busy.answer.choice);
    setWindow(busy.answer.window);
  }, [busy.answer]);
  return (
    <section aria-labelledby="stepper-title">
      <h2 id="stepper-title">One window, round by round</h2>
      {own && (
        <div class="fields">
          <Picker
            id="step-layer"
            label="layer"
            count={layers.answer!.length}
            value={choice.layer}
            names={layers.answer!.map(({ name, group }) =>
              group === 0 || group === "all" ? name : `${name} [${group}]`,
            )}
            onPick={(layer) => {
              setWindow(0);
              setChoice({ ...NOWHERE, layer });
            }}
          />
          <Picker id="step-window" label="window" count={own.windowCount} value={window} onPick={setWindow} />
          <Picker
            id="step-col"
            label="column block"
            count={own.groupCounts.length}
            value={choice.colBlock}
            onPick={(colBlock) => setChoice({ ...choice, colBlock, group: 0 })}
          />
          <Picker
            id="step-group"
            label="OU column group"
            count={own.groupCounts[choice.colBlock]!}
            value={choice.group}
            onPick={(group) => setChoice({ ...choice, group })}
          />
        </div>
      )}
      {trace.faults.map((line) => (
        <p class="fault">{line}</p>
      ))}
      {trace.answer && <Player trace={trace.answer} />}
    </section>
  );
}

/** Of the first groups of a layer, and the window in the middle of the first sample, the one with the most to see. */
async function busiest(
  engine: BrowserEngine,
  config: Config,
  samples: number,
  layer: number,
  own: LayerChoices | undefined,
): Promise<GroupTrace | null> {
  const perSample = (own?.windowCount ?? 0) / samples;
  // Half way down, and half way along that row, of a square.
  const window = perSample < 4 ? 0 : Math.floor((perSample + Math.sqrt(perSample)) / 2);
  let best: GroupTrace | null = null;
  for (let group = 0; group < Math.min(own?.groupCounts[0] ?? 0, MOST_TRIED); group++) {
    const trace = await engine.trace(config, { ...NOWHERE, layer, group }, window);
    if (trace.rounds.length > (best?.rounds.length ?? -1)) best = trace;
  }
  return best;
}

function Player({ trace }: { readonly trace: GroupTrace }) {
  const [step, setStep] = useState(0);
  const [isPlaying, setPlaying] = useState(false);
  const last = trace.rounds.length;
  const go = (to: number): void => setStep(Math.max(0, Math.min(last, to)));
  useEffect(() => {
    setStep(0);
    setPlaying(false);
  }, [trace]);
  useEffect(() => {
    if (!isPlaying) return undefined;
    if (step >= last) {
      setPlaying(false);
      return undefined;
    }
    const timer = setTimeout(() => go(step + 1), STEP_MS);
    return () => clearTimeout(timer);
  }, [isPlaying, step, last]);
  const keys: Record<string, () => void> = {
    ArrowRight: () => go(step + 1),
    ArrowLeft: () => go(step - 1),
    Home: () => go(0),
    End: () => go(last),
    " ": () => setPlaying(!isPlaying),
  };
  return (
    <div
      id="stepper"
      tabIndex={0}
      role="group"
      aria-label="steps; arrow keys, Home, End and space work"
      onKeyDown={(event) => {
        const act = event.target instanceof HTMLButtonElement && event.key === " " ? undefined : keys[event.key];
        if (act === undefined) return;
        event.preventDefault();
        act();
      }}
    >
      <div class="row">
        <button onClick={() => go(0)}>first</button>
        <button onClick={() => go(step - 1)}>previous</button>
        <button onClick={() => setPlaying(!isPlaying)}>{isPlaying ? "pause" : "play"}</button>
        <button onClick={() => go(step + 1)}>next</button>
        <button onClick={() => go(last)}>last</button>
        <span id="step-count" aria-live="polite">
          round {step} of {last}
        </span>
      </div>
      <TraceView trace={trace} step={step} />
    </div>
  );
}
