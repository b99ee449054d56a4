import { useSignal } from "@preact/signals";
import { cancel, errors, progress, run } from "./job.ts";
import { parsed } from "./settings.ts";

/** Start, progress, cancel, and what went wrong. */
export function RunPanel() {
  const copied = useSignal(false);
  const now = progress.value;
  const copy = async (): Promise<void> => {
    await navigator.clipboard?.writeText(location.href).catch(() => {});
    copied.value = true;
  };
  return (
    <section aria-labelledby="run-title">
      <h2 id="run-title">Run</h2>
      <div class="row">
        <button
          id="run"
          class="primary"
          disabled={now !== null || parsed.value.config === null}
          onClick={() => void run()}
        >
          Run
        </button>
        <button id="cancel" disabled={now === null} onClick={cancel}>
          Cancel
        </button>
        <button id="share" onClick={() => void copy()}>
          {copied.value ? "Link copied" : "Copy link"}
        </button>
      </div>
      <div aria-live="polite" id="status">
        {now !== null && (
          <p>
            <progress value={now.done} max={Math.max(1, now.total)} /> {now.label}
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
