import { ENGINES, SCHEMES, checkConfig, forms } from "../../index.ts";
import type { RecordedWorkload } from "../../index.ts";
import type { WorkGroup } from "./plan.ts";

/** What a thread of a sweep is asked to do. */
export type ThreadTask =
  | {
      readonly kind: "record";
      readonly group: WorkGroup;
      readonly shared: string | undefined;
      readonly maxBytes: number;
    }
  | {
      readonly kind: "points";
      readonly group: WorkGroup;
      readonly shared: string | undefined;
      /** null where the workload is too large to be kept. */
      readonly recorded: RecordedWorkload | null;
    };

// What a task of a sweep must be made of: it may come from another machine.

const { anything, byKey, checkForm, choice, flag, listOf, nullable, optional, record, text, whole } = forms;

const network = record({
  name: text,
  ...Object.fromEntries(
    ["input", "inputs", "labels", "calibration", "weights", "activations", "map"].map((key) => [key, optional(text)]),
  ),
  ...{ transpose: optional(flag), syntheticInputs: optional(whole(0)), samples: optional(whole(1)) },
  ...{ weightsFrom: optional(listOf(text)), masks: optional(listOf(text)), layers: optional(listOf(text)) },
});
const group = record({
  ...{ key: text, network, schemes: listOf(choice(...SCHEMES), 1), seed: whole(0) },
  files: listOf(record({ role: text, path: text, sha256: text, bytes: whole(0) })),
  accuracy: nullable(record({ chips: whole(1), engine: choice(...ENGINES), samples: optional(whole(1)) })),
  points: listOf(record({ id: text, config: record({}) }), 1),
});
const form = byKey("kind", {
  record: record({ group, shared: optional(text), maxBytes: whole(0) }),
  points: record({ group, shared: optional(text), recorded: anything }),
});

/** The task with its configurations made anew. @throws InputError with every part that is not as it should be. */
export function checkTask(task: ThreadTask): ThreadTask {
  checkForm(form, task, "task");
  const points = task.group.points.map(({ id, config }) => ({ id, config: checkConfig(config, `point ${id}`) }));
  return { ...task, group: { ...task.group, points } };
}
