import { describe, expect, it } from "vitest";
import { quoteOf, type Runbook, runbooksFor } from "../../../src/core/runbook.js";
import { incidentRow } from "../../contracts/store-suite.js";
import { verdict } from "../cards/examples.js";

const incident = incidentRow("inc_1", { dagId: "ledger_nightly", verdict });
const book = (name: string, more: Partial<Runbook>): Runbook => ({
  name,
  dags: [],
  categories: [],
  words: [],
  text: "Call somebody.",
  url: null,
  ...more,
});
const names = (...books: Runbook[]) => runbooksFor(books, incident).map(({ name }) => name);

describe("which runbook fits an incident", () => {
  it("needs every condition that it gives, and at least one", () => {
    expect(names(book("all hold", { dags: ["ledger_*"], categories: ["compute_failure"], words: ["SPOT"] }))).toEqual([
      "all hold",
    ]);
    expect(names(book("another dag", { dags: ["orders_*"], categories: ["compute_failure"] }))).toEqual([]);
    expect(names(book("another cause", { dags: ["ledger_*"], categories: ["timeout"] }))).toEqual([]);
    expect(names(book("other words", { dags: ["ledger_*"], words: ["disk full"] }))).toEqual([]);
    expect(names(book("no condition", {}))).toEqual([]);
  });

  it("finds words in the proof, not only in the sentence", () => {
    expect(names(book("reclaimed", { words: ["instance reclaimed"] }))).toEqual(["reclaimed"]);
  });

  it("puts the most particular first and stops at two", () => {
    expect(
      names(
        book("category", { categories: ["compute_failure"] }),
        book("words", { words: ["spot"] }),
        book("pattern", { dags: ["ledger_*"] }),
        book("exact", { dags: ["ledger_nightly"] }),
      ),
    ).toEqual(["exact", "pattern"]);
  });

  it("fits nothing before there is a cause", () => {
    expect(runbooksFor([book("exact", { dags: ["ledger_nightly"] })], { ...incident, verdict: null })).toEqual([]);
  });
});

describe("what is quoted of a runbook", () => {
  it("is its first lines without headings, fences and marks", () => {
    const text = "# Title\n\n> First **look** here\n\n```sql\nselect 1\n```\n* one\n- [x] two\n---\nlast\n";
    expect(quoteOf(book("x", { text }))).toEqual({
      lines: ["First look here", "select 1", "• one", "• two", "last"],
      isCut: false,
    });
  });

  it("is six lines, and says when there is more", () => {
    const text = Array.from({ length: 9 }, (_, index) => `step ${index + 1}`).join("\n");
    const quote = quoteOf(book("x", { text }));
    expect(quote.lines.at(-1)).toBe("step 6");
    expect(quote.isCut).toBe(true);
  });
});
