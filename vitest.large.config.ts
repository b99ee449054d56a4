import { defineConfig } from "vitest/config";

/** Checks at full size (npm run test:large): minutes, and memory of large networks. */
export default defineConfig({
  test: { include: ["test/large/**/*.large.ts"], testTimeout: 1_800_000, fileParallelism: false },
});
