import { describe, expect, it } from "vitest";
import { signatures } from "../../../src/core/rca/signatures/index.js";

const page = "../../../src/core/rca/signatures/README.md";

/** What each signature says of itself, for people who look a verdict up. */
function table(): string {
  const rows = [...signatures]
    .sort((a, b) => a.category.localeCompare(b.category) || a.id.localeCompare(b.id))
    .map((signature) => {
      const says = signature.summary("X", { task: "the task" }).replaceAll("|", "\\|");
      return `| \`${signature.id}\` | ${signature.category} | ${signature.rerunHelps} | ${says} |`;
    });
  return [
    "# Known failures",
    "",
    "One file a signature: what proves it, what speaks against it, and the words for it. This table is made from them by the test",
    "that compares it (`npx vitest run --config .vitest.config.ts test/unit/rca/signature-table.test.ts -u` writes it anew).",
    "",
    "| signature | category | a rerun helps | what it says of X |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

describe("the table of known failures", () => {
  it("says what the signatures say", async () => {
    await expect(table()).toMatchFileSnapshot(page);
  });
});
