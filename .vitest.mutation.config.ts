import { defineConfig } from "vitest/config";

/** The tests that speak of approvals and plans alone: each mutant runs those that reach it. */
export default defineConfig({
  test: {
    include: ["test/unit/{approval,remediation}/**/*.test.ts"],
    testTimeout: 20_000,
  },
});
