import { ConfigPanel } from "./configPanel.tsx";
import { CrossbarPanel } from "./crossbarPanel.tsx";
import { ResultPanel } from "./resultPanel.tsx";
import { RunPanel } from "./runPanel.tsx";
import { SourcePanel } from "./sourcePanel.tsx";
import { StepperPanel } from "./stepperPanel.tsx";
import { result } from "./job.ts";

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
      {done !== null && (
        <>
          <ResultPanel {...done} />
          <CrossbarPanel config={done.config} />
          <StepperPanel config={done.config} />
        </>
      )}
    </>
  );
}
