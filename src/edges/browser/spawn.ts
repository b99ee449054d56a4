/** The worker as a file beside the bundle; the bundle that is one file has spawn.inline.ts in this place. */
export function spawnEngine(): Worker {
  // Bundlers know this very expression, and carry the file along.
  return new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "sre-engine" });
}
