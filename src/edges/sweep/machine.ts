import type { PointOutcome } from "../../index.ts";
import type { WorkGroup } from "./plan.ts";
import type { GroupRunner } from "./runner.ts";

/** A runner, and how many groups it is at. */
interface Running {
  readonly runner: GroupRunner;
  groups: number;
  isBroken: boolean;
}

/** A runner that is replaced when it cannot go on; what is still at work on the old one may end. */
export class Machine {
  readonly concurrency: number;
  /** When no successor can be made. */
  readonly failed: Promise<unknown>;
  private current: Promise<Running>;
  private fail!: (error: unknown) => void;

  private constructor(
    first: GroupRunner,
    private readonly create: () => Promise<GroupRunner>,
  ) {
    this.concurrency = first.concurrency;
    this.current = Promise.resolve({ runner: first, groups: 0, isBroken: false });
    this.failed = new Promise((resolve) => (this.fail = resolve));
  }

  static async start(create: () => Promise<GroupRunner>): Promise<Machine> {
    return new Machine(await create(), create);
  }

  /** Does not return once the machine has failed: the group is another one's then. @throws Error of the runner. */
  async run(group: WorkGroup): Promise<PointOutcome[]> {
    const running = await this.current;
    running.groups++;
    try {
      return await running.runner.run(group);
    } catch (error) {
      if (!running.isBroken) this.replace();
      running.isBroken = true;
      throw error;
    } finally {
      running.groups--;
      if (running.isBroken && running.groups === 0) await running.runner.close().catch(() => {});
    }
  }

  async close(): Promise<void> {
    await (await this.current).runner.close();
  }

  private replace(): void {
    this.current = this.create().then(
      (runner) => ({ runner, groups: 0, isBroken: false }),
      (error: unknown) => {
        this.fail(error);
        return new Promise<never>(() => {});
      },
    );
  }
}
