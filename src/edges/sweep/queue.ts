import { inputError } from "../../index.ts";
import type { PointOutcome } from "../../index.ts";
import { Coordinator, QUEUE_TIMING } from "./coordinator.ts";
import type { QueueOptions } from "./coordinator.ts";
import type { WorkGroup } from "./plan.ts";
import { connectRedis } from "./redis.ts";
import { publishFiles } from "./sharedFiles.ts";

const SHARED_FORM = "a folder that all workers reach, beside --redis";

/**
 * Has workers on other machines run the groups; gives the outcomes of each group once, as groups end. A group's job is
 * forgotten once the next outcomes are asked for; those that were not asked for stay on the server, for a later call.
 * @throws InputError when the server cannot be used or a file cannot be shared; the reason of `signal` when it aborts.
 */
export async function* runOnQueue(
  groups: readonly WorkGroup[],
  options: QueueOptions,
): AsyncGenerator<PointOutcome[], void, undefined> {
  options.signal?.throwIfAborted();
  if (groups.length === 0) return;
  const timing = { ...QUEUE_TIMING, ...options.timing };
  const connection = await connectRedis(options.url, timing.patience_ms);
  try {
    const files = groups.flatMap((group) => group.files);
    if (options.shared !== undefined) await publishFiles(options.shared, files);
    else if (files[0]) throw inputError("--shared", SHARED_FORM, "nothing");
    // An abort while that went on has been and gone: nobody would hear of it again.
    options.signal?.throwIfAborted();
    const coordinator = new Coordinator(groups, connection, options, timing);
    try {
      yield* coordinator.outcomes();
    } finally {
      await coordinator.close();
    }
  } finally {
    connection.client.disconnect();
  }
}

/** @throws InputError when the server cannot be used, or files have no folder in which workers find them. */
export async function checkQueue(
  { url, shared }: Pick<QueueOptions, "url" | "shared">,
  hasFiles: boolean,
): Promise<void> {
  if (hasFiles && shared === undefined) throw inputError("--shared", SHARED_FORM, "nothing");
  const { client } = await connectRedis(url, QUEUE_TIMING.patience_ms);
  client.disconnect();
}
