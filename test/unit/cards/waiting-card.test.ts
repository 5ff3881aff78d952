import { describe, expect, it } from "vitest";
import { glassCard, proposalCard } from "../../../src/chat/cards/index.js";
import type { Decision } from "../../../src/core/approval/proposal.js";
import type { Waiting } from "../../../src/core/approval/waiting.js";
import { buttonsOf, cardText } from "./card-text.js";
import { now, proposal } from "./examples.js";

const mayDecide = "Cleo or Eve";
const alone: Waiting = { needed: 1, given: [], frozen: null, mayBreakGlass: false };

function approval(id: string, name: string, more: Partial<Decision> = {}): Decision {
  return { verdict: "approved", personId: id, personName: name, at: "2026-03-04T02:23:00Z", reason: null, ...more };
}
const ben = approval("slack:U0BEN", "Ben");
const cleo = approval("slack:U0CLEO", "Cleo", { at: "2026-03-04T02:25:00Z" });

function waitingLines(waiting: Waiting): readonly string[] {
  const lines = cardText(proposalCard(proposal, { now, mayDecide, waiting }));
  return lines.slice(lines.findIndex((line) => line.startsWith("Guards")) + 1);
}

function decidedLines(decisions: readonly Decision[]): readonly string[] {
  const decision = decisions.at(-1) ?? null;
  const row = { ...proposal, state: "approved", decision, decisions } as const;
  return cardText(proposalCard(row, { now, mayDecide })).filter((line) => /Approved|Glass/.test(line));
}

describe("a card that waits", () => {
  it("says how many approvals it has, whose, and how many are missing", () => {
    expect(waitingLines(alone)).toEqual(["Needs 1 approver: Cleo or Eve", "[Approve] [Deny…]"]);
    expect(waitingLines({ ...alone, needed: 3, given: [ben] })).toEqual([
      "1 of 3 approvals: Ben",
      "Needs 2 approvers: Cleo or Eve",
      "[Approve] [Deny…]",
    ]);
    expect(waitingLines({ ...alone, needed: 3, given: [ben, cleo] }).slice(0, 2)).toEqual([
      "2 of 3 approvals: Ben and Cleo",
      "Needs 1 approver: Cleo or Eve",
    ]);
  });

  it("says until when reruns are frozen and why, and offers to break the glass only to pass over something", () => {
    const frozen = { until: "2026-03-05T06:00:00.000Z", reason: "month end" };
    expect(waitingLines({ ...alone, frozen, mayBreakGlass: true })).toEqual([
      "Frozen until <2026-03-05T06:00:00.000Z>: month end.",
      "Needs 1 approver: Cleo or Eve",
      "[Approve] [Deny…] [Break glass…]",
    ]);
    expect(waitingLines({ ...alone, frozen: { until: null, reason: null } })[0]).toBe("Frozen: nothing may be rerun.");
    const over = proposalCard(
      { ...proposal, state: "expired" },
      { now, mayDecide, waiting: { ...alone, mayBreakGlass: true } },
    );
    expect(buttonsOf(over)).toEqual(["refresh"]);
  });
});

describe("a card that was decided", () => {
  it("names everybody who approved, and none who denied before", () => {
    expect(decidedLines([ben])).toEqual(["Approved by Ben at <2026-03-04T02:23:00Z>"]);
    expect(decidedLines([ben, cleo])).toEqual(["Approved by Ben and Cleo at <2026-03-04T02:25:00Z>"]);
    const eve = approval("slack:U0EVE", "Eve");
    expect(decidedLines([eve, ben, cleo])).toEqual(["Approved by Eve, Ben and Cleo at <2026-03-04T02:25:00Z>"]);
  });

  it("names the rule of a standing approval, and who answers for it", () => {
    const rule = approval("policy:oven-503", "the rule oven-503", { standingBy: "slack:U0CLEO" });
    expect(decidedLines([rule])).toEqual([
      "Approved by the rule oven-503, a standing approval of slack:U0CLEO at <2026-03-04T02:23:00Z>",
    ]);
  });

  it("says above all that the glass was broken, why, and until when that is reviewed", () => {
    const broken = approval("slack:U0CLEO", "Cleo", {
      reason: "the board waits",
      breakGlass: { reviewBy: "2026-03-05T02:23:00Z" },
    });
    expect(decidedLines([ben, broken])).toEqual([
      "Glass broken by Cleo: quorum, four eyes and freeze were passed over. Review due by <2026-03-05T02:23:00Z>.",
      "Approved by Cleo at <2026-03-04T02:23:00Z>: the board waits",
    ]);
    expect(cardText(glassCard(proposal, broken))).toEqual([
      "Glass broken by Cleo at <2026-03-04T02:23:00Z>",
      "Rerun: repair the 1 failed task (sum_up) of Databricks run 88123, then mark close_books done, continue downstream",
      "Reason: the board waits",
      "Quorum, four eyes and freeze were passed over. Review due by <2026-03-05T02:23:00Z>.",
    ]);
  });
});
