import { cancel, errors, isBusy, isReady, progress, run } from "./job.ts";
import { CopyLink } from "./sharePanel.tsx";

/** Start, progress, cancel, and what went wrong. */
export function RunPanel() {
  const now = progress.value;
  return (
    <section aria-labelledby="run-title">
      <h2 id="run-title">Run</h2>
      <div class="row">
        {/* Who presses one of them would lose the focus, were it disabled then. */}
        <button
          id="run"
          class="primary"
          disabled={!isReady.value}
          aria-disabled={isBusy.value}
          onClick={() => void run()}
        >
          Run
        </button>
        <button id="cancel" aria-disabled={now === null} onClick={cancel}>
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
            {now.total === 0 ? (
              <progress key="uncounted" aria-label={now.label} />
            ) : (
              <progress key="counted" value={now.done} max={now.total} aria-label={now.label} />
            )}{" "}
            {now.label}
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
