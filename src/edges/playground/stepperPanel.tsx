import { useEffect, useState } from "preact/hooks";
import type { Config, GroupTrace } from "../../index.ts";
import { useAnswer } from "./look.ts";
import { Picker } from "./pickers.tsx";
import { TraceView } from "./traceView.tsx";

const NOWHERE = { layer: 0, matrix: 0, colBlock: 0, group: 0 };
const STEP_MS = 500;

/** Plays one window through one OU column group, round by round. */
export function StepperPanel({ config }: { readonly config: Config }) {
  const [choice, setChoice] = useState(NOWHERE);
  const [window, setWindow] = useState(0);
  const layers = useAnswer((engine) => engine.choices(config), [config]);
  const trace = useAnswer((engine) => engine.trace(config, choice, window), [config, choice, window]);
  const own = layers.answer?.[choice.layer];
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
