import { defineConfig } from "vitest/config";

/** The tests that speak of approvals and plans alone: each mutant runs those that reach it. */
export default defineConfig({
  test: {
    include: ["test/unit/{approval,remediation,policy-cli}/**/*.test.ts"],
    // Thousands of cells for each mutant would take hours; what they show, shorter tests must show, too.
    exclude: ["test/unit/approval/approver-matrix.test.ts"],
    testTimeout: 20_000,
  },
});
