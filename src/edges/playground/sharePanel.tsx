import { useSignal } from "@preact/signals";
import { link } from "./share.ts";
import { source } from "./source.ts";

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
  const isCopied = copied.value === link.value;
  return (
    <>
      <button id="share" onClick={() => void copy()}>
        {isCopied ? "Link copied" : "Copy link"}
      </button>
      {isRefused.value && (
        <label for="link">
          copy it from here
          <input id="link" readOnly value={link.value} onFocus={({ currentTarget }) => currentTarget.select()} />
        </label>
      )}
      {(isCopied || isRefused.value) && source.value.own !== null && (
        <small class="faint" id="share-text" role="status">
          your files are not in the link
        </small>
      )}
    </>
  );
}
