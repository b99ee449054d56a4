import { useEffect, useState } from "preact/hooks";
import type { GroupTrace } from "../../index.ts";
import { TraceView } from "./traceView.tsx";

const STEP_MS = 500;

interface Props {
  readonly trace: GroupTrace;
  /** Rounds that are done; a link may ask for more than there are. */
  readonly round: number;
  readonly onRound: (to: number) => void;
}

/** Goes through the rounds of a trace, by buttons, keys or time. */
export function Player({ trace, round, onRound }: Props) {
  const [isPlaying, setPlaying] = useState(false);
  const last = trace.rounds.length;
  const step = Math.min(round, last);
  const go = (to: number): void => onRound(Math.max(0, Math.min(last, to)));
  useEffect(() => setPlaying(false), [trace]);
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
