import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { durationWords } from "../../../src/chat/cards/duration.js";
import { answerCard, helpCard, refusalCard, summaryCard } from "../../../src/chat/cards/index.js";
import { prose } from "../../../src/chat/cards/spans.js";
import { taskNames } from "../../../src/chat/cards/task-names.js";
import { plain } from "../../../src/chat/plain.js";
import { cardText } from "./card-text.js";
import { failure } from "./examples.js";

describe("small cards", () => {
  it("summarises a first contact in one message, the noisiest first", () => {
    const again = { ...failure, runId: "r2", endedAt: "2026-03-04T05:00:00Z" };
    const card = summaryCard({
      connection: "airflow:main",
      failures: [{ ...failure, dagId: "tax" }, failure, again],
      simulated: false,
    });
    expect(cardText(card)).toEqual([
      "First look at airflow:main: 3 failures of the last 24 h still stand",
      "• ledger_nightly / close_books × 2, last <2026-03-04T05:00:00Z>",
      "• tax / close_books, last <2026-03-04T02:20:00Z>",
      "Only failures from now on open threads. Ask why <name> about one of these.",
    ]);
    expect(card.subject).toBe("summary:airflow:main");
    expect(summaryCard({ connection: "airflow:main", failures: [failure], simulated: false }).fallback).toBe(
      "First look at airflow:main: 1 failure of the last 24 h still stands",
    );
  });

  it("names ten rows of a thousand failures and counts the rest", () => {
    const failures = Array.from({ length: 1000 }, (_, index) => ({ ...failure, dagId: `dag_${index}` }));
    const lines = cardText(summaryCard({ connection: "airflow:main", failures, simulated: false }));
    expect(lines).toHaveLength(13);
    expect(lines[11]).toBe("… and 990 more");
  });

  it("shows a screenful of an answer and says how much is left", () => {
    const lines = cardText(answerCard(Array.from({ length: 30 }, (_, index) => `line ${index}`)));
    expect(lines.at(-1)).toBe("… and 10 more.");
    expect(lines).toHaveLength(21);
  });

  it("refuses in the words it was given and helps with the surface's own command", () => {
    expect(cardText(refusalCard("Guests may not approve. Ask Ben."))).toEqual(["Guests may not approve. Ask Ben."]);
    expect(cardText(helpCard({ prefix: "/pipewright" })).join("\n")).toContain("/pipewright rerun orders_daily");
    expect(helpCard({ simulated: true }).simulated).toBe(true);
  });
});

describe("words on cards", () => {
  it.each([
    [0, "0 s"],
    [59, "59 s"],
    [60, "1 min"],
    [3599, "1 h"],
    [7500, "2 h 5 min"],
    [97_200, "1 d 3 h"],
    [-5, "0 s"],
  ])("says %d seconds as %s", (seconds, words) => expect(durationWords(seconds)).toBe(words));

  it("gathers map indexes, neighbours as a range", () => {
    const fetch = (mapIndex: number) => ({ taskId: "fetch", mapIndex });
    expect(taskNames([fetch(7), fetch(3), { taskId: "publish", mapIndex: -1 }])).toEqual(["fetch[3,7]", "publish"]);
    expect(taskNames([0, 1, 2, 3].map(fetch))).toEqual(["fetch[0-3]"]);
  });

  it("turns backticks into code and leaves an odd one harmless", () => {
    expect(prose("column `promo` is gone")).toEqual([
      { t: "text", text: "column " },
      { t: "code", text: "promo" },
      { t: "text", text: " is gone" },
    ]);
    expect(prose("an odd ` mark")).toEqual([{ t: "text", text: "an odd ' mark" }]);
  });

  it("draws one line without hidden or turning characters, never longer than asked", () => {
    expect(plain("a\u202eb\r\nc\u0000d\u200be", 80)).toBe("a b c d e");
    expect(plain("🎯🎯🎯", 4)).toBe("🎯…");
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.integer({ min: 2, max: 100 }), (text, limit) => {
        const line = plain(text, limit);
        expect(line.length).toBeLessThanOrEqual(limit);
        expect(line).not.toMatch(/[\p{Cc}\p{Cs}\u202e]/u);
      }),
    );
  });
});
