/** The thread gives way to other work about so often: a timer costs a millisecond or more, and steps may be shorter. */
const GIVE_WAY_MS = 10;

/**
 * The steps of one long run on a thread: between two of them other work of the thread gets its turn (timers, messages,
 * other runs), and an abort takes effect.
 */
export class Pace {
  private gaveWay = performance.now();

  constructor(readonly signal?: AbortSignal | undefined) {}

  /** Before each step. @throws the reason of the signal. */
  async step(): Promise<void> {
    this.signal?.throwIfAborted();
    if (performance.now() - this.gaveWay < GIVE_WAY_MS) return;
    await new Promise((resolve) => setTimeout(resolve, 0));
    this.gaveWay = performance.now();
    this.signal?.throwIfAborted();
  }
}

/** Work that may be put down between its steps, of a few milliseconds at most. */
export type Steps<T> = Generator<void, T>;

export async function paced<T>(steps: Steps<T>, pace: Pace): Promise<T> {
  for (;;) {
    await pace.step();
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** Without a pause. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** A result, or at once the reason of a signal that aborts before it is there; whoever makes it works on. */
export async function orAborted<T>(result: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return result;
  const listening = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener("abort", abort, { signal: listening.signal });
    if (signal.aborted) abort();
  });
  try {
    return await Promise.race([result, aborted]);
  } finally {
    listening.abort();
    // Nobody may be left to hear of its failure.
    result.catch(() => {});
  }
}
