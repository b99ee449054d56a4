import { useSignal } from "@preact/signals";
import { link } from "./share.ts";

/** Copies the link, or shows it to be copied where the browser gives no clipboard to the page. */
export function CopyLink() {
  const copied = useSignal<string | null>(null);
  const isRefused = useSignal(false);
  const copy = async (): Promise<void> => {
    const text = link.value;
    try {
      await navigator.clipboard.writeText(text);
      [copied.value, isRefused.value] = [text, false];
    } catch {
      [copied.value, isRefused.value] = [null, true];
    }
  };
  return (
    <>
      <button id="share" onClick={() => void copy()}>
        {copied.value === link.value ? "Link copied" : "Copy link"}
      </button>
      {isRefused.value && (
        <label for="link">
          copy it from here
          <input id="link" readOnly value={link.value} onFocus={({ currentTarget }) => currentTarget.select()} />
        </label>
      )}
    </>
  );
}
