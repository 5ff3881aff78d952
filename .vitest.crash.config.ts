import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/crash/**/*.test.ts"],
    reporters: ["verbose", "./.build/counting-reporter.mjs"],
    // The whole figure takes an hour; the slice is bounded by its caller.
    testTimeout: 3 * 3_600_000,
    hookTimeout: 60_000,
    fileParallelism: false,
    maxWorkers: 1,
    disableConsoleIntercept: true,
  },
});
