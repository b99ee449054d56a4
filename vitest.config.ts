import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/guards.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Many tests wait for a program or a page: one worker fewer than processors, the default, leaves one of two idle.
    maxWorkers: availableParallelism(),
  },
});
