import type { Phase } from "../model/ir/request.ts";

/** Wall time of each phase; a phase that runs several times adds up. */
export class PhaseClock {
  readonly phases_ms: Partial<Record<Phase, number>> = {};

  time<T>(phase: Phase, work: () => T): T {
    const start = performance.now();
    try {
      return work();
    } finally {
      this.add(phase, start);
    }
  }

  async timeAsync<T>(phase: Phase, work: () => Promise<T>): Promise<T> {
    const start = performance.now();
    try {
      return await work();
    } finally {
      this.add(phase, start);
    }
  }

  private add(phase: Phase, start: number): void {
    this.phases_ms[phase] = (this.phases_ms[phase] ?? 0) + performance.now() - start;
  }
}
