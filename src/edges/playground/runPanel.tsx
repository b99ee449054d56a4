import { cancel, errors, isReady, progress, run } from "./job.ts";
import { CopyLink } from "./sharePanel.tsx";

/** Start, progress, cancel, and what went wrong. */
export function RunPanel() {
  const now = progress.value;
  return (
    <section aria-labelledby="run-title">
      <h2 id="run-title">Run</h2>
      <div class="row">
        <button id="run" class="primary" disabled={now !== null || !isReady.value} onClick={() => void run()}>
          Run
        </button>
        <button id="cancel" disabled={now === null} onClick={cancel}>
          Cancel
        </button>
        <CopyLink />
      </div>
      {!globalThis.crossOriginIsolated && (
        <p class="faint" id="one-thread">
          On one thread: this page came without the headers that isolate it, which sre serve sends.
        </p>
      )}
      <div aria-live="polite" id="status">
        {now !== null && (
          <p>
            <progress value={now.done} max={Math.max(1, now.total)} aria-label="progress" /> {now.label}
          </p>
        )}
        {errors.value.map((line) => (
          <p class="fault" role="alert">
            {line}
          </p>
        ))}
      </div>
    </section>
  );
}
