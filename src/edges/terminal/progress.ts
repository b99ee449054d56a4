import type { WriteStream } from "node:tty";
import cliProgress from "cli-progress";
import type { Progress } from "../../index.ts";

export interface ProgressDisplay {
  readonly update: (progress: Progress) => void;
  readonly stop: () => void;
}

/** Of a run that nobody watches, a line each time this much more is done. */
const LINE_STEP_PERCENT = 10;

/** A bar with the time left on a terminal; elsewhere one line per tenth. */
export function createProgress(stream: WriteStream): ProgressDisplay {
  return stream.isTTY ? createBar(stream) : createLines(stream);
}

function createBar(stream: WriteStream): ProgressDisplay {
  const bar = new cliProgress.SingleBar({
    stream,
    format: "{bar} {percentage}% | {eta_formatted} left | {label}",
    clearOnComplete: true,
    // The terminal stays as it is, so that SIGINT needs no handler and ends the program even while it computes.
    hideCursor: false,
    linewrap: true,
    gracefulExit: false,
  });
  let started = false;
  return {
    update({ label, done, total }) {
      if (!started) bar.start(total, done, { label });
      else if (bar.getTotal() !== total) bar.setTotal(total);
      started = true;
      bar.update(done, { label });
    },
    stop() {
      if (started) bar.stop();
    },
  };
}

function createLines(stream: NodeJS.WritableStream): ProgressDisplay {
  let next = LINE_STEP_PERCENT;
  return {
    update({ label, done, total }) {
      const percent = total > 0 ? Math.floor((done / total) * 100) : 100;
      if (percent < next) return;
      stream.write(`${percent} % ${label}\n`);
      next = (Math.floor(percent / LINE_STEP_PERCENT) + 1) * LINE_STEP_PERCENT;
    },
    stop() {},
  };
}
