import { WrongSuccess } from "../doors/door.ts";
import type { Door } from "../doors/door.ts";

/** What an input is not to come to. `hang`, `memory`, `unhandled` and `exit` are seen from outside the call. */
export type FaultKind = "leak" | "trap" | "wrong" | "hang" | "memory" | "unhandled" | "exit";

export interface FoundFault {
  readonly door: string;
  readonly seed: number;
  readonly index: number;
  readonly kind: FaultKind;
  readonly message: string;
}

/** How an input ended: taken, refused with this message, or at fault. */
export type Outcome =
  | { readonly end: "accepted" }
  | { readonly end: "refused"; readonly message: string }
  | { readonly end: "fault"; readonly kind: FaultKind; readonly message: string };

export async function outcomeOf<I>(door: Door<I>, input: I): Promise<Outcome> {
  try {
    await door.run(input);
    return { end: "accepted" };
  } catch (error) {
    if (error instanceof WrongSuccess) return { end: "fault", kind: "wrong", message: error.message };
    if (door.isRefusal(error)) return { end: "refused", message: (error as Error).message };
    const { name, message, stack = "" } = error instanceof Error ? error : new Error(String(error));
    const where = stack.split("\n").slice(1, 9).join("\n");
    const kind = error instanceof WebAssembly.RuntimeError ? "trap" : "leak";
    return { end: "fault", kind, message: `${name}: ${message}\n${where}` };
  }
}

/** The message without what differs from input to input: names, numbers, quoted text. */
export function formOf(message: string): string {
  return message
    .split("\n", 1)[0]!
    .replace(/^[^]*?: expected /, "expected ")
    .replace(/"(?:[^"\\]|\\.)*"|'[^']*'/g, "…")
    .replace(/\[[^\]]*\]/g, "[…]")
    .replace(/-?\b\d[\w.+-]*/g, "#")
    .slice(0, 60);
}
