import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/{unit,contracts,flows,architecture,evals}/**/*.test.ts"],
    reporters: ["dot", "./.build/counting-reporter.mjs"],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    maxWorkers: 2,
  },
});
