import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/{live,browser}/**/*.test.ts"],
    reporters: ["verbose", "./.build/counting-reporter.mjs"],
    testTimeout: 300_000,
    hookTimeout: 900_000,
    fileParallelism: false,
    maxWorkers: 1,
  },
});
