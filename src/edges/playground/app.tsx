import { useRef } from "preact/hooks";
import { ConfigPanel } from "./configPanel.tsx";
import { CrossbarPanel } from "./crossbarPanel.tsx";
import { ResultPanel } from "./resultPanel.tsx";
import { RunPanel } from "./runPanel.tsx";
import { SourcePanel } from "./sourcePanel.tsx";
import { StepperPanel } from "./stepperPanel.tsx";
import { isKept, isStale, progress, result } from "./job.ts";
import type { Finished } from "./job.ts";
import { source } from "./source.ts";

export function App() {
  const done = result.value;
  return (
    <>
      <h1>Sparse ReRAM Engine playground</h1>
      <p class="faint">
        Pruned networks on ReRAM crossbars, operation unit by operation unit. Everything runs in this page; nothing is
        sent anywhere.
      </p>
      <SourcePanel />
      <ConfigPanel />
      <RunPanel />
      {isStale.value && (
        <p class="faint" id="stale" role="status">
          This result is not of what is chosen above now: Run again.
        </p>
      )}
      {done !== null && <ResultPanel {...done} />}
      {done !== null && done.source === source.value && <Look {...done} />}
    </>
  );
}

/** Crossbars and rounds of a result. */
function Look({ config, isRecorded }: Finished) {
  // Once there, they stay while another run is on: they know what somebody chose and what was only proposed.
  const isOn = useRef(false);
  isOn.current ||= isKept.value;
  const isOver = !isKept.value && progress.value === null;
  if (!isRecorded)
    return (
      <p class="faint" id="look-text">
        This network is too large to look at its crossbars and rounds: the page keeps at most 1 GiB of one.
      </p>
    );
  return (
    <>
      {isOver && (
        <p class="faint" id="look-text">
          To look at crossbars and rounds of this result, Run again.
        </p>
      )}
      {isOn.current && (
        <div inert={!isKept.value} hidden={isOver}>
          <CrossbarPanel config={config} />
          <StepperPanel config={config} />
        </div>
      )}
    </>
  );
}
