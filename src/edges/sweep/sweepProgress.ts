import type { WriteStream } from "node:tty";
import type { PointOutcome } from "../../index.ts";
import { formatDuration } from "../format.ts";
import { createProgress } from "../terminal/progress.ts";
import { Eta } from "./eta.ts";
import type { WorkGroup } from "./plan.ts";

/** One line of `--json` while a sweep runs. */
export interface ProgressLine {
  readonly event: "start" | "points" | "end";
  readonly done: number;
  readonly failed: number;
  readonly total: number;
  readonly eta_s: number | null;
  /** What is being run, on this machine. */
  readonly current: readonly string[];
}

/** What the groups of a sweep that are at work are called. */
export type Describe = (group: WorkGroup) => string;

/** Shows how far a sweep is: a bar or lines for people, and where asked for a JSON line a group for programs. */
export class SweepProgress {
  private readonly display;
  private readonly eta: Eta;
  private readonly current = new Map<string, string>();
  private readonly groupOf = new Map<string, WorkGroup>();
  private failed = 0;

  constructor(
    groups: readonly WorkGroup[],
    private readonly total: number,
    private done: number,
    private readonly describe: Describe,
    private readonly stream: WriteStream,
    private readonly onLine: ((line: ProgressLine) => void) | null,
  ) {
    this.display = createProgress(stream);
    this.eta = new Eta(groups);
    for (const group of groups) for (const { id } of group.points) this.groupOf.set(id, group);
    this.tell("start");
  }

  started(group: WorkGroup): void {
    this.current.set(group.key, this.describe(group));
    this.show();
  }

  finished(outcomes: readonly PointOutcome[]): void {
    const group = this.groupOf.get(outcomes[0]!.id)!;
    this.current.delete(group.key);
    this.failed += outcomes.filter((outcome) => "error" in outcome).length;
    this.done += outcomes.length;
    const work_ms = outcomes.reduce((sum, outcome) => sum + ("result" in outcome ? outcome.elapsed_ms : 0), 0);
    this.eta.add(group.network.name, work_ms);
    this.show(group);
    this.tell("points");
  }

  end(): void {
    this.display.stop();
    this.tell("end");
  }

  private show(last?: WorkGroup): void {
    const names = [...this.current.values()];
    const now = names[0] ?? (last === undefined ? "" : this.describe(last));
    const failed = this.failed === 0 ? "" : `${this.failed} failed, `;
    const left = this.eta.left_s();
    // A terminal's bar says by itself how long it takes.
    const time = this.stream.isTTY || left === null ? "" : `${formatDuration(left)} left, `;
    const label = `${this.done} of ${this.total} points, ${failed}${time}${now}`;
    this.display.update({ label, done: this.done, total: this.total });
  }

  private tell(event: ProgressLine["event"]): void {
    const { done, failed, total } = this;
    this.onLine?.({ event, done, failed, total, eta_s: this.eta.left_s(), current: [...this.current.values()] });
  }
}
