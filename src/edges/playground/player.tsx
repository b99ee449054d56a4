import type { ComponentChildren } from "preact";
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
  const play = (): void => {
    if (!isPlaying && step === last) go(0);
    setPlaying(!isPlaying);
  };
  const keys: Record<string, () => void> = {
    ArrowRight: () => go(step + 1),
    ArrowLeft: () => go(step - 1),
    Home: () => go(0),
    End: () => go(last),
    " ": play,
  };
  return (
    <div
      id="stepper"
      tabIndex={0}
      role="group"
      aria-label="steps; arrow keys, Home, End and space work"
      onKeyDown={(event) => {
        const act = event.target instanceof HTMLButtonElement && event.key === " " ? undefined : keys[event.key];
        // With a modifier they are the browser's: Alt and an arrow lead to another page.
        if (act === undefined || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        act();
      }}
    >
      <div class="row">
        <Step isOver={step === 0} act={() => go(0)}>
          first
        </Step>
        <Step isOver={step === 0} act={() => go(step - 1)}>
          previous
        </Step>
        <Step isOver={last === 0} act={play}>
          {isPlaying ? "pause" : "play"}
        </Step>
        <Step isOver={step === last} act={() => go(step + 1)}>
          next
        </Step>
        <Step isOver={step === last} act={() => go(last)}>
          last
        </Step>
        <span id="step-count" aria-live="polite">
          round {step} of {last}
        </span>
      </div>
      <TraceView trace={trace} step={step} />
    </div>
  );
}

interface StepProps {
  readonly isOver: boolean;
  readonly act: () => void;
  readonly children: ComponentChildren;
}

/** Who presses it until it leads nowhere keeps the focus, which a disabled button would lose. */
function Step({ isOver, act, children }: StepProps) {
  return (
    <button aria-disabled={isOver} onClick={() => isOver || act()}>
      {children}
    </button>
  );
}
