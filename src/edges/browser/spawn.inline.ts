import text from "inlined:worker";

let url: string | null = null;

/** The worker from its text, which is in this bundle. A page with a content security policy must allow `worker-src blob:`. */
export function spawnEngine(): Worker {
  // Never revoked: the workers of a pool are made from it, too.
  url ??= URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
  return new Worker(url, { type: "module", name: "sre-engine" });
}
