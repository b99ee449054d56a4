import { useEffect, useState } from "preact/hooks";
import type { BrowserEngine } from "../browser/index.ts";
import { engine, linesOf } from "./job.ts";

/** What the engine answers to a question, asked again whenever `asked` changes; the latest one wins. */
export function useAnswer<T>(
  ask: (engine: BrowserEngine) => Promise<T>,
  asked: readonly unknown[],
): { readonly answer: T | null; readonly faults: readonly string[] } {
  const [state, setState] = useState<{ answer: T | null; faults: readonly string[] }>({ answer: null, faults: [] });
  useEffect(() => {
    let isLatest = true;
    engine()
      .then(ask)
      .then(
        (answer) => isLatest && setState({ answer, faults: [] }),
        (error: unknown) => isLatest && setState({ answer: null, faults: linesOf(error) }),
      );
    return () => void (isLatest = false);
  }, asked);
  return state;
}
