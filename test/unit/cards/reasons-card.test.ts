import { expect, it } from "vitest";
import { reasonsCard } from "../../../src/chat/cards/index.js";
import { cardText } from "./card-text.js";
import { failure, incident } from "./examples.js";

it("says what changed, who else has the same cause, and what helped before", () => {
  const told = cardText(
    reasonsCard({
      ...incident,
      failures: [failure, { ...failure, mapIndex: 1 }, { ...failure, dagId: "payroll", taskId: "sum" }],
      changes: ["The DAG changed: version 7 ran, the last good run had version 6.", "Run conf `mode` is `full`."],
      history: {
        times: 3,
        words: "Seen 3 times before: twice a clear helped, once it went well without a rerun by Pipewright",
        lastAt: "2026-02-11T03:00:00Z",
        lastIncidentId: "inc_0",
      },
      earlierIncidentId: "inc_0",
    }),
  );
  expect(told.slice(3)).toEqual([
    "What changed since the last good run",
    "• The DAG changed: version 7 ran, the last good run had version 6.",
    "• Run conf mode is full.",
    "Same cause, same time: payroll / sum failed of it too.",
    "Blocked downstream: make_report, mail_report, archive",
    "What to do: Approve the repair below.",
    "Seen 3 times before: twice a clear helped, once it went well without a rerun by Pipewright; last <2026-02-11T03:00:00Z>, incident inc_0.",
  ]);
});

it("has no such section where there is nothing to say", () => {
  const told = cardText(reasonsCard({ ...incident, changes: [], history: null })).join("\n");
  expect(told).not.toMatch(/changed|Same cause|before/);
});
