/** The package as it is built: its threads are files beside it. */
export const door = (await import(
  new URL("../dist/index.js", import.meta.url).href
)) as typeof import("../../src/index.ts");

/** Of the pool, beside it. */
export const workerFile = new URL("../dist/worker.js", import.meta.url).href;
