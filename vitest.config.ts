import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    setupFiles: ["test/guards.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Browsers and servers of many tests share two processors: what fails three times in a row is a fault, not a delay.
    retry: 2,
    // Many tests wait for a program or a page: one worker fewer than processors, the default, leaves one of two idle.
    maxWorkers: availableParallelism(),
  },
});
