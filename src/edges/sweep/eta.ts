import type { WorkGroup } from "./plan.ts";

/** Time left of a sweep: groups of the same network are taken to last alike. */
export class Eta {
  private readonly left = new Map<string, number>();
  private readonly seen = new Map<string, { groups: number; work_ms: number }>();
  private finishedWork_ms = 0;

  constructor(
    groups: readonly WorkGroup[],
    private readonly now: () => number = () => performance.now(),
    private readonly started = now(),
  ) {
    for (const { network } of groups) this.left.set(network.name, (this.left.get(network.name) ?? 0) + 1);
  }

  /** A group has ended, after so much work on its thread. */
  add(network: string, work_ms: number): void {
    const { groups, work_ms: before } = this.seen.get(network) ?? { groups: 0, work_ms: 0 };
    this.seen.set(network, { groups: groups + 1, work_ms: before + work_ms });
    this.left.set(network, this.left.get(network)! - 1);
    this.finishedWork_ms += work_ms;
  }

  /** null until something has ended. */
  left_s(): number | null {
    if (this.finishedWork_ms === 0) return null;
    const all = [...this.seen.values()];
    const mean_ms = this.finishedWork_ms / all.reduce((total, { groups }) => total + groups, 0);
    let work_ms = 0;
    for (const [network, count] of this.left) {
      const seen = this.seen.get(network);
      work_ms += count * (seen === undefined ? mean_ms : seen.work_ms / seen.groups);
    }
    // How much work of threads, here or elsewhere, is done in a second of the clock.
    return ((this.now() - this.started) * (work_ms / this.finishedWork_ms)) / 1000;
  }
}
